import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.tsx';
import chip from './chip.module.css';
import { ClockSwitch } from './clock-switch.tsx';
import { ConnectionChip } from './connection-chip.tsx';
import { Icon } from './icons.tsx';
import { modKey } from './mod-key.ts';
import { showPalette } from './overlays.ts';
import { PlaceFilter } from './place-filter.tsx';
import classes from './top-bar.module.css';
import { UserMenu } from './user-menu.tsx';

/** What holds on every page: whose fleet, which place, how live, and who looks. */
export const TopBar = () => {
  const { t } = useTranslation('shell');
  const { user } = useSession();
  return (
    <header className={classes.bar}>
      <b className={classes.organization} title={t('organization')}>
        {user?.organization.name}
      </b>
      <PlaceFilter />
      <span className={classes.space} />
      <button type="button" className={chip.chip} onClick={showPalette}>
        <Icon name="search" />
        <span className={classes.searchWords}>{t('palette.trigger')}</span>
        <span className={classes.searchKey}>
          <kbd>{modKey} K</kbd>
        </span>
      </button>
      <ConnectionChip />
      <span className={classes.clock}>
        <ClockSwitch />
      </span>
      <UserMenu>
        <button type="button" className={chip.chip} aria-label={t('user.menu', { name: user?.username })}>
          <b className={classes.userName}>{user?.username}</b>
          <Icon name="chevron" />
        </button>
      </UserMenu>
    </header>
  );
};
