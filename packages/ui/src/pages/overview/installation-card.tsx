import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useInstallation } from '../../data/installation.ts';
import { rejectedOf, unaccountedOf, useLedger } from '../../data/ledger.ts';
import { useLiveState } from '../../live/hooks.ts';
import { live } from '../../live/live.ts';
import { useFormats } from '../../parts/formats.ts';
import { Card } from '../../parts/page.tsx';
import classes from './installation-card.module.css';
import { useFigures } from './use-figures.ts';

interface RowProps {
  name: string;
  value: string | null | undefined;
  unit?: string;
  hint?: string | undefined;
  alarming?: boolean;
}

const Row = ({ name, value, unit, hint, alarming = false }: RowProps) => (
  <div className={classes.row} title={hint}>
    <dt>{name}</dt>
    <dd data-alarming={alarming}>
      {value ?? '–'}
      {value && unit ? <span className={classes.unit}> {unit}</span> : null}
    </dd>
  </div>
);

const Rows = ({ children }: { children: ReactNode }) => <dl className={classes.rows}>{children}</dl>;

/** How this installation does: what comes in, how fast it is on the screen, and what became of every message. */
export const InstallationCard = () => {
  const { t } = useTranslation('overview');
  const { number, bytes } = useFormats();
  const { data: installation } = useInstallation({ refetchInterval: 10_000 });
  const { data: ledger } = useLedger();
  const { state } = useLiveState();
  const figures = useFigures(installation);
  const isLive = state === 'live';

  const trip = live.roundTrip();
  const inServer = installation?.delayP99Ms ?? null;
  const delay = isLive && inServer !== null && trip !== null ? inServer + trip / 2 : null;
  const storage = installation?.storage;
  const unaccounted = ledger ? unaccountedOf(ledger) : undefined;
  return (
    <Card title={t('installation.title')} note={installation ? t('installation.version', installation) : null}>
      <Rows>
        <Row
          name={t('installation.messages')}
          value={isLive ? number(figures?.messagesPerSecond) : null}
          unit={t('installation.perSecond')}
        />
        <Row
          name={t('installation.points')}
          value={isLive ? number(figures?.pointsPerSecond) : null}
          unit={t('installation.perSecond')}
        />
        <Row
          name={t('installation.delay')}
          value={number(delay === null ? null : Math.ceil(delay))}
          unit="ms"
          hint={
            delay === null
              ? undefined
              : t('installation.delayHint', { server: Math.ceil(inServer ?? 0), way: Math.ceil((trip ?? 0) / 2) })
          }
        />
        <Row
          name={t('installation.storage')}
          value={storage?.daysLeft != null ? number(Math.floor(storage.daysLeft)) : bytes(storage?.freeBytes)}
          unit={storage?.daysLeft != null ? t('installation.days', { count: Math.floor(storage.daysLeft) }) : ''}
          hint={
            storage
              ? t('installation.storageHint', { free: bytes(storage.freeBytes) ?? '–', used: bytes(storage.usedBytes) })
              : undefined
          }
        />
      </Rows>
      <h3 className={classes.heading} title={t('ledger.hint')}>
        {t('ledger.title')}
      </h3>
      <Rows>
        <Row name={t('ledger.received')} value={number(ledger?.received)} />
        <Row name={t('ledger.stored')} value={number(ledger?.stored)} />
        <Row name={t('ledger.duplicates')} value={number(ledger?.duplicates)} />
        <Row name={t('ledger.rejected')} value={number(ledger && rejectedOf(ledger))} />
        <Row name={t('ledger.pending')} value={number(ledger?.pending)} />
        <Row
          name={t('ledger.unaccounted')}
          value={number(unaccounted)}
          alarming={unaccounted !== undefined && unaccounted !== 0}
        />
      </Rows>
    </Card>
  );
};
