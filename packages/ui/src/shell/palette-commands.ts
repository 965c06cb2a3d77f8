import { useMantineColorScheme } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay, useSession } from '../api/session.tsx';
import { chooseLanguage, type Language, languages } from '../i18n/start.ts';
import { useClockZone } from '../time/zone.ts';
import { showKeys } from './overlays.ts';

export interface Command {
  id: string;
  label: string;
  run(): void;
}

/** What the palette can do besides going somewhere. */
export const useCommands = (): Command[] => {
  const { t, i18n } = useTranslation('shell');
  const { signOut } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const { mode, setMode } = useClockZone();
  const mayAdd = useMay('device:write');
  const navigate = useNavigate();
  const otherMode = mode === 'utc' ? 'local' : 'utc';

  const schemes = (['auto', 'light', 'dark'] as const).filter((scheme) => scheme !== colorScheme);
  const others = Object.keys(languages).filter((language): language is Language => language !== i18n.language);
  return [
    ...(mayAdd
      ? [
          {
            id: 'add-device',
            label: t('command.addDevice'),
            run: () =>
              void navigate({ to: '/fleet', search: (before) => ({ place: before.place, add: true as const }) }),
          },
        ]
      : []),
    { id: 'places', label: t('command.places'), run: () => void navigate({ to: '/fleet/places' }) },
    { id: 'profile', label: t('user.profile'), run: () => void navigate({ to: '/profile' }) },
    ...schemes.map((scheme) => ({
      id: `theme-${scheme}`,
      label: `${t('theme.label')}: ${t(`theme.${scheme}`)}`,
      run: () => setColorScheme(scheme),
    })),
    ...others.map((language) => ({
      id: `language-${language}`,
      label: `${t('language')}: ${languages[language]}`,
      run: () => void chooseLanguage(language),
    })),
    {
      id: 'clock',
      label: t(otherMode === 'utc' ? 'clock.toUtc' : 'clock.toLocal'),
      run: () => setMode(otherMode),
    },
    { id: 'keys', label: t('keys.title'), run: showKeys },
    { id: 'sign-out', label: t('user.signOut'), run: () => void signOut() },
  ];
};
