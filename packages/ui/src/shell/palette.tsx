import { Combobox, Modal, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../api/session.tsx';
import { foundDevices } from '../data/devices.ts';
import { foundPeople, nameOfPerson } from '../data/people.ts';
import { pathOf } from '../data/place-tree.ts';
import { usePlaceTree } from '../data/places.ts';
import { useAdministrationPages } from '../nav/administration.ts';
import { usePlace } from '../nav/place.ts';
import { findPlaces } from '../parts/place-options.tsx';
import { useFocusBack } from '../parts/use-focus-back.ts';
import { StateShape, stateOf } from '../theme/state-mark.tsx';
import { useEntries } from './entries.ts';
import classes from './palette.module.css';
import { useCommands } from './palette-commands.ts';

const PLACES_SHOWN = 6;

const matches = (label: string, search: string): boolean =>
  search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => label.toLowerCase().includes(word));

/** At once, and not after the dialog has opened: whoever types fast loses no letter. */
const focus = (input: HTMLInputElement | null) => input?.focus();

/** Goes anywhere and does anything from the keyboard: devices, places, pages, commands. */
const Palette = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('shell');
  useFocusBack();
  return (
    <Modal
      opened
      onClose={onClose}
      size={600}
      padding={0}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': t('palette.title') } }}
      classNames={{ content: classes.content ?? '' }}
    >
      <PaletteList onClose={onClose} />
    </Modal>
  );
};

const PaletteList = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('shell');
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 120);
  const devices = useQuery({ ...foundDevices(asked), placeholderData: keepPreviousData });
  const { tree } = usePlaceTree();
  const { setPlace } = usePlace();
  const navigate = useNavigate();
  const entries = useEntries();
  const commands = useCommands().filter((command) => matches(command.label, search));
  const administration = useTranslation('administration').t;
  const sides = useAdministrationPages().map(({ name, to }) => ({
    name: `administration-${name}`,
    to,
    label: `${t('page.administration')}: ${administration(`tab.${name}`)}`,
  }));
  const everyPage = [
    ...entries.map(({ name, to }) => ({ name, to, label: t(`page.${name}`) })),
    // the first of them is the administration itself
    ...(search.trim() === '' ? [] : sides.filter(({ to }) => to !== '/administration')),
  ];
  const pages = everyPage.filter((page) => matches(page.label, search));
  const maySeePeople = useMay('user:read');
  const people = useQuery({
    ...foundPeople(asked),
    enabled: maySeePeople && asked !== '',
    placeholderData: keepPreviousData,
  });
  const persons = asked === '' || search.trim() === '' ? [] : (people.data?.items ?? []);
  const places = search.trim() === '' ? [] : findPlaces(tree, search).slice(0, PLACES_SHOWN);
  // Devices that were found for fewer letters stay until the answer comes, but not without an answer.
  const isAwaited = devices.isPending || devices.isPlaceholderData;
  const isUnanswered = isAwaited && devices.failureCount > 0;
  const found = (isUnanswered ? undefined : devices.data?.items) ?? [];
  const combobox = useCombobox({ opened: true });

  // Enter means what belongs to all letters, and waits for it.
  const isFound = asked === search.trim() && (isUnanswered || !isAwaited);
  const [isEntered, setEntered] = useState(false);
  const isChosen = useRef(false);

  const shown = [found, places, persons, pages, commands].map((list) => list.length).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first one is chosen again whenever others are shown
  useEffect(() => {
    combobox.selectFirstOption();
    isChosen.current = false;
    if (!isEntered || !isFound) return;
    setEntered(false);
    combobox.clickSelectedOption();
  }, [shown, asked, search, isFound, isEntered]);

  const run = (value: string) => {
    const [kind, ...rest] = value.split(':');
    const id = rest.join(':');
    onClose();
    if (kind === 'device') void navigate({ to: '/devices/$deviceId', params: { deviceId: id } });
    else if (kind === 'place') setPlace(id);
    else if (kind === 'page') void navigate({ to: everyPage.find((page) => page.name === id)?.to ?? '/' });
    else if (kind === 'person') void navigate({ to: '/administration/people/$personId', params: { personId: id } });
    else commands.find((command) => command.id === id)?.run();
  };

  const nothing = found.length + places.length + persons.length + pages.length + commands.length === 0;
  return (
    <Combobox store={combobox} onOptionSubmit={run} withinPortal={false}>
      <Combobox.EventsTarget withExpandedAttribute>
        <input
          className={classes.search}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setEntered(false);
          }}
          onKeyDown={({ key }) => {
            // The list is always open, so Escape means the palette.
            if (key === 'Escape') onClose();
            if (key === 'ArrowDown' || key === 'ArrowUp') isChosen.current = true;
            if (key !== 'Enter' || isFound || isChosen.current) return;
            combobox.resetSelectedOption();
            setEntered(true);
          }}
          placeholder={t('palette.placeholder')}
          aria-label={t('palette.title')}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          ref={focus}
        />
      </Combobox.EventsTarget>
      <Combobox.Options className={classes.options} aria-label={t('palette.title')}>
        {found.length > 0 ? (
          <Combobox.Group label={t('palette.devices')}>
            {found.map((device) => (
              <Combobox.Option key={device.deviceId} value={`device:${device.deviceId}`} className={classes.option}>
                <StateShape state={stateOf(device.status)} />
                <span className={classes.name}>{device.name}</span>
                <span className={classes.note}>{device.name === device.deviceId ? '' : device.deviceId}</span>
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ) : null}
        {places.length > 0 ? (
          <Combobox.Group label={t('palette.places')}>
            {places.map((node) => (
              <Combobox.Option key={node.place.id} value={`place:${node.place.id}`} className={classes.option}>
                <span className={classes.name}>{pathOf(node)}</span>
                <span className={classes.note}>{t('palette.showOnly')}</span>
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ) : null}
        {persons.length > 0 ? (
          <Combobox.Group label={t('palette.people')}>
            {persons.map((person) => (
              <Combobox.Option key={person.id} value={`person:${person.id}`} className={classes.option}>
                <span className={classes.name}>{nameOfPerson(person)}</span>
                <span className={classes.note}>{person.name === '' ? person.email : person.username}</span>
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ) : null}
        {pages.length > 0 ? (
          <Combobox.Group label={t('pages')}>
            {pages.map((page) => (
              <Combobox.Option key={page.name} value={`page:${page.name}`} className={classes.option}>
                {page.label}
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ) : null}
        {commands.length > 0 ? (
          <Combobox.Group label={t('palette.commands')}>
            {commands.map((command) => (
              <Combobox.Option key={command.id} value={`command:${command.id}`} className={classes.option}>
                {command.label}
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ) : null}
        {nothing && !devices.isFetching ? <Combobox.Empty>{t('palette.nothing', { search })}</Combobox.Empty> : null}
      </Combobox.Options>
    </Combobox>
  );
};

export default Palette;
