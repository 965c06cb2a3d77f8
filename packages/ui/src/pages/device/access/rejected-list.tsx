import { Button } from '@mantine/core';
import { routes } from '@muster/contract/routes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../../api/client.ts';
import { rejectedOf, useLedger } from '../../../data/ledger.ts';
import { useErrorText } from '../../../parts/error-text.ts';
import { deviceKeys } from '../data.ts';
import { formatBytes } from '../export/file-name.ts';
import { useTimes } from '../use-times.ts';
import classes from './access.module.css';

const AT_ONCE = 20;
/** A message is counted at once and listed a little later, ms. */
const LISTED_AFTER_MS = 1000;

/** What the device sent and Muster refused, with the reason and its first kilobyte. */
export const RejectedList = ({ deviceId }: { deviceId: string }) => {
  const { t, i18n } = useTranslation('device');
  const { moment, exact } = useTimes();
  const errorText = useErrorText();
  const query = useInfiniteQuery({
    queryKey: deviceKeys.rejected(deviceId),
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: AT_ONCE, ...(pageParam ? { cursor: pageParam } : {}) };
      return call(routes.telemetry.rejectedMessages, { params: { deviceId }, query, signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
  });
  const ledger = useLedger(deviceId);
  const counted = ledger.data ? rejectedOf(ledger.data) : null;
  const shown = useRef(counted);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (counted === null || counted === shown.current) return;
    const isFirst = shown.current === null;
    // Nothing moves below a pointer: whoever reads the list renews it by the button.
    if (list.current?.matches(':hover, :focus-within')) return;
    shown.current = counted;
    if (isFirst) return;
    const timer = setTimeout(() => void query.refetch(), LISTED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [counted, query.refetch]);
  const messages = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={classes.card}>
      <div className={classes.head}>
        <h2>{t('rejected.title')}</h2>
        <Button size="xs" loading={query.isFetching} onClick={() => void query.refetch()}>
          {t('rejected.refresh')}
        </Button>
      </div>
      {query.error ? <p role="alert">{errorText(query.error)}</p> : null}
      {query.isSuccess && messages.length === 0 ? <p className={classes.muted}>{t('rejected.none')}</p> : null}
      <ul ref={list} className={classes.rejected}>
        {messages.map((message) => (
          <li key={message.id}>
            <p className={classes.rejectedHead}>
              <strong>{t(`ledger:reason.${message.reason}`, { defaultValue: message.reason })}</strong>
              <time dateTime={message.receivedAt} title={exact(Date.parse(message.receivedAt))}>
                {moment(Date.parse(message.receivedAt))}
              </time>
            </p>
            <p>{message.detail}</p>
            <p className={classes.muted}>
              <code>{message.topic}</code>, {formatBytes(message.bytes, i18n.language)}
            </p>
            {message.excerpt === '' ? null : <pre className={classes.excerpt}>{message.excerpt}</pre>}
          </li>
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('rejected.older')}
        </Button>
      ) : null}
    </section>
  );
};
