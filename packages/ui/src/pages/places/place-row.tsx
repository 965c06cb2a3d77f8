import { ActionIcon, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { usePlaceKindOptions } from '../../app/solutions.tsx';
import type { PlaceNode } from '../../data/place-tree.ts';
import { Icon } from '../../shell/icons.tsx';
import type { PlaceAction } from './place-action.ts';
import classes from './places-page.module.css';

interface PlaceRowProps {
  node: PlaceNode;
  /** Found by a search: shown with its path instead of its depth. */
  flat: boolean;
  isOpen: boolean;
  onToggle(): void;
  /** Undefined: nothing may be changed. */
  onAction: ((action: PlaceAction) => void) | undefined;
}

const INDENT = 24;

/** One place of the tree, with what can be done to it. */
export const PlaceRow = ({ node, flat, isOpen, onToggle, onAction }: PlaceRowProps) => {
  const { t } = useTranslation('places');
  const kinds = usePlaceKindOptions();
  const { place, children, depth } = node;
  const kind = kinds.find((option) => option.value === place.kind)?.label ?? place.kind;
  return (
    <li className={classes.row}>
      <span className={classes.name} style={{ paddingInlineStart: flat ? 0 : depth * INDENT }}>
        {children.length > 0 && !flat ? (
          <button
            type="button"
            className={classes.toggle}
            aria-expanded={isOpen}
            aria-label={t(isOpen ? 'close' : 'open', { name: place.name })}
            onClick={onToggle}
          >
            <Icon name="chevron" />
          </button>
        ) : flat ? null : (
          <span className={classes.toggle} />
        )}
        <Link to="/fleet" search={{ place: place.id }} className={classes.link} title={t('showDevices')}>
          {place.name}
        </Link>
        {flat && depth > 0 ? <span className={classes.kind}>{node.path.slice(0, -1).join(' / ')}</span> : null}
      </span>
      <span className={classes.kind}>{kind}</span>
      {onAction ? (
        <Menu position="bottom-end" width={200}>
          <Menu.Target>
            <ActionIcon aria-label={t('actions', { name: place.name })}>
              <Icon name="more" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onAction({ kind: 'edit', place })}>{t('edit.do')}</Menu.Item>
            <Menu.Item onClick={() => onAction({ kind: 'add', parentId: place.id })}>{t('addInside')}</Menu.Item>
            <Menu.Item color="critical" onClick={() => onAction({ kind: 'delete', place })}>
              {t('delete.do')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : null}
    </li>
  );
};
