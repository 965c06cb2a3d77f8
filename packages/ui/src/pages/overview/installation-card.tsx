import { useTranslation } from 'react-i18next';
import { useInstallation } from '../../data/installation.ts';
import { useLedger } from '../../data/ledger.ts';
import { useLiveState } from '../../live/hooks.ts';
import { live } from '../../live/live.ts';
import { Fact, Facts } from '../../parts/facts.tsx';
import { useFormats } from '../../parts/formats.ts';
import { LedgerFacts } from '../../parts/ledger-facts.tsx';
import { Card } from '../../parts/page.tsx';
import classes from './installation-card.module.css';
import { useFigures } from './use-figures.ts';

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
  return (
    <Card title={t('installation.title')} note={installation ? t('installation.version', installation) : null}>
      <Facts>
        <Fact
          name={t('installation.messages')}
          value={isLive ? number(figures?.messagesPerSecond) : null}
          unit={t('installation.perSecond')}
        />
        <Fact
          name={t('installation.points')}
          value={isLive ? number(figures?.pointsPerSecond) : null}
          unit={t('installation.perSecond')}
        />
        <Fact
          name={t('installation.delay')}
          value={number(delay === null ? null : Math.ceil(delay))}
          unit="ms"
          hint={
            delay === null
              ? t('installation.delayNone')
              : t('installation.delayHint', { server: Math.ceil(inServer ?? 0), way: Math.ceil((trip ?? 0) / 2) })
          }
        />
        <Fact
          name={t('installation.storage')}
          value={storage?.daysLeft != null ? number(Math.floor(storage.daysLeft)) : bytes(storage?.freeBytes)}
          unit={storage?.daysLeft != null ? t('installation.days', { count: Math.floor(storage.daysLeft) }) : ''}
          hint={
            storage
              ? t('installation.storageHint', { free: bytes(storage.freeBytes) ?? '–', used: bytes(storage.usedBytes) })
              : undefined
          }
        />
      </Facts>
      <h3 className={classes.heading} title={t('ledger:text')}>
        {t('ledger:title')}
      </h3>
      <LedgerFacts ledger={ledger} />
    </Card>
  );
};
