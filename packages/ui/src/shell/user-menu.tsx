import { Menu, useMantineColorScheme } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import { chooseLanguage, type Language, languages } from '../i18n/start.ts';
import { useClockZone } from '../time/zone.ts';
import { showKeys } from './overlays.ts';

/** What belongs to the person in front of the screen: look, language, clock, and the way out. */
export const UserMenu = ({ children }: { children: ReactNode }) => {
  const { t, i18n } = useTranslation('shell');
  const { user, signOut } = useSession();
  // to hold transitions it would write a style sheet into the page, which the content policy refuses
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const { mode, setMode } = useClockZone();
  return (
    <Menu position="bottom-end" width={240} withinPortal={false}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('user.signedInAs', { name: user?.username, organization: user?.organization.name })}</Menu.Label>
        <Menu.Item component={Link} to="/profile">
          {t('user.profile')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('theme.label')}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as typeof colorScheme)}>
          {(['auto', 'light', 'dark'] as const).map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {t(`theme.${scheme}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{t('language')}</Menu.Label>
        <Menu.RadioGroup value={i18n.language} onChange={(value) => void chooseLanguage(value as Language)}>
          {Object.entries(languages).map(([language, name]) => (
            <Menu.RadioItem key={language} value={language} lang={language}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{t('clock.label')}</Menu.Label>
        <Menu.RadioGroup value={mode} onChange={(value) => setMode(value as typeof mode)}>
          {(['local', 'utc'] as const).map((name) => (
            <Menu.RadioItem key={name} value={name}>
              {t(`clock.${name}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={showKeys} rightSection="?">
          {t('keys.title')}
        </Menu.Item>
        <Menu.Item onClick={() => void signOut()}>{t('user.signOut')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
