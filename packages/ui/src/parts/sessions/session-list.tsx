import { Button } from '@mantine/core';
import type { Session } from '@muster/contract/identity';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Age } from '../../time/age.tsx';
import { formatTime } from '../../time/format.ts';
import { useClockZone } from '../../time/zone.ts';
import { useErrorText } from '../error-text.ts';
import { FormFault } from '../form-fault.tsx';
import rows from '../rows.module.css';
import { readUserAgent } from './user-agent.ts';

interface SessionListProps {
  sessions: readonly Session[];
  /** What the list is called, and says of its last use and its beginning. */
  label: string;
  /** Ends one; absent: whoever looks may not. */
  end?: ((session: Session) => Promise<unknown>) | undefined;
  queryKey: readonly string[];
}

/** Where somebody is signed in, each to be ended but the one that looks. */
export const SessionList = ({ sessions, label, end, queryKey }: SessionListProps) => (
  <ul aria-label={label}>
    {sessions.map((session) => (
      <SessionRow key={session.id} session={session} end={session.current ? undefined : end} queryKey={queryKey} />
    ))}
  </ul>
);

interface SessionRowProps extends Pick<SessionListProps, 'end' | 'queryKey'> {
  session: Session;
}

const SessionRow = ({ session, end, queryKey }: SessionRowProps) => {
  const { t, i18n } = useTranslation('profile');
  const { zone } = useClockZone();
  const client = useQueryClient();
  const text = useErrorText();
  const ending = useMutation({
    mutationFn: async () => end?.(session),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const { browser, system } = readUserAgent(session.userAgent);
  const name = browser && system ? t('sessions.on', { browser, system }) : (browser ?? system ?? t('sessions.unknown'));
  const since = formatTime(Date.parse(session.createdAt), { language: i18n.language, zone, style: 'moment' });
  return (
    <li className={rows.row}>
      <span className={rows.name} title={session.userAgent}>
        {name}
        {session.current ? <span className={rows.this}>{t('sessions.this')}</span> : null}
      </span>
      <span className={rows.details}>
        <span>{session.address}</span>
        <span>
          {t('sessions.used')} <Age ts={Date.parse(session.lastUsedAt)} ago />
        </span>
        <span>{t('sessions.since', { time: since })}</span>
      </span>
      {end ? (
        <Button
          className={rows.end ?? ''}
          size="xs"
          loading={ending.isPending}
          onClick={() => ending.mutate()}
          aria-label={t('sessions.endNamed', { name })}
        >
          {t('sessions.end')}
        </Button>
      ) : null}
      <FormFault>{ending.error ? text(ending.error) : null}</FormFault>
    </li>
  );
};
