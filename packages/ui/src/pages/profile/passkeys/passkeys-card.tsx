import { Button, Skeleton } from '@mantine/core';
import type { Passkey } from '@muster/contract/passkeys';
import { routes } from '@muster/contract/routes';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { canUsePasskeys, namedAddress } from '../../../api/passkeys.ts';
import form from '../../../parts/form.module.css';
import { LoadFault } from '../../../parts/load-fault.tsx';
import { Card } from '../../../parts/page.tsx';
import rows from '../../../parts/rows.module.css';
import { Age } from '../../../time/age.tsx';
import { formatTime } from '../../../time/format.ts';
import { useClockZone } from '../../../time/zone.ts';
import classes from '../profile.module.css';
import { AddPasskeyDialog } from './add-passkey-dialog.tsx';
import { PasskeyDialog } from './passkey-dialog.tsx';

/** The passkeys of whoever is signed in: made, named, put away. */
export const PasskeysCard = () => {
  const { t } = useTranslation('profile');
  const client = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const [opened, setOpened] = useState<Passkey | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['passkeys'],
    queryFn: ({ signal }) => call(routes.passkeys.list, { signal }),
  });
  if (error && !data) return <LoadFault error={error} onRetry={refetch} />;
  const close = () => {
    setAdding(false);
    setOpened(null);
    void client.invalidateQueries({ queryKey: ['passkeys'] });
  };
  const mayAdd = canUsePasskeys();
  return (
    <Card title={t('passkeys.title')}>
      {data ? null : <Skeleton height={60} />}
      {data?.items.length === 0 ? <p>{t('passkeys.text')}</p> : null}
      <ul aria-label={t('passkeys.title')}>
        {data?.items.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} onOpen={() => setOpened(passkey)} />
        ))}
      </ul>
      {mayAdd ? null : (
        <p className={`${classes.quiet} ${classes.apart}`}>
          <NotHere />
        </p>
      )}
      <div className={form.buttons}>
        <Button disabled={!data || !mayAdd} onClick={() => setAdding(true)}>
          {t('passkeys.add')}
        </Button>
      </div>
      {isAdding ? <AddPasskeyDialog onClose={close} /> : null}
      {opened ? <PasskeyDialog passkey={opened} onClose={close} /> : null}
    </Card>
  );
};

/** Why there are no passkeys at this address, and where there are. */
const NotHere = () => {
  const { t } = useTranslation('profile');
  const address = namedAddress();
  if (address === null) return t('passkeys.notHere');
  return (
    <>
      {t('passkeys.byName')}{' '}
      <a className={classes.named} href={address}>
        {new URL(address).origin}
      </a>
    </>
  );
};

const PasskeyRow = ({ passkey, onOpen }: { passkey: Passkey; onOpen(): void }) => {
  const { t, i18n } = useTranslation('profile');
  const { zone } = useClockZone();
  const since = formatTime(Date.parse(passkey.createdAt), { language: i18n.language, zone, style: 'moment' });
  return (
    <li className={rows.row}>
      <span className={rows.name}>{passkey.name}</span>
      <span className={rows.details}>
        <span>
          {passkey.lastUsedAt ? (
            <>
              {t('sessions.used')} <Age ts={Date.parse(passkey.lastUsedAt)} ago />
            </>
          ) : (
            t('passkeys.unused')
          )}
        </span>
        <span>{t('sessions.since', { time: since })}</span>
        {passkey.backedUp ? <span>{t('passkeys.backedUp')}</span> : null}
      </span>
      <Button
        className={rows.end ?? ''}
        size="xs"
        onClick={onOpen}
        aria-label={t('passkeys.changeNamed', { name: passkey.name })}
      >
        {t('passkeys.change')}
      </Button>
    </li>
  );
};
