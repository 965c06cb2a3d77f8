import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMay } from '../../api/session.tsx';
import { useAddresses } from '../../data/addresses.ts';
import { CopyLine } from '../device/copy-line.tsx';
import classes from './first-device.module.css';

/** Works in a checkout and needs no device at all. */
const SIMULATE = 'npx muster simulate --type industrial.pressure-station --devices 10';

/** What an installation without devices shows: how to get the first one in. */
export const FirstDevice = ({ onAdd }: { onAdd(): void }) => {
  const { t } = useTranslation('overview');
  const steps = useTranslation('firstSteps').t;
  const mayAdd = useMay('device:write');
  const { data } = useAddresses();
  return (
    <section className={classes.card}>
      <h2>{t('first.title')}</h2>
      <p className={classes.text}>{t('first.text')}</p>
      {mayAdd ? (
        <p className={classes.text}>
          {steps('card.text')} <Link to="/first-steps">{steps('card.go')}</Link>
        </p>
      ) : null}
      <ol className={classes.steps}>
        <li>
          <h3>{t('first.add')}</h3>
          <p>{t('first.addText')}</p>
          {mayAdd ? (
            <Button variant="filled" onClick={onAdd} className={classes.button ?? ''}>
              {t('addDevice')}
            </Button>
          ) : null}
        </li>
        <li>
          <h3>{t('first.send')}</h3>
          <p>{t('first.sendText')}</p>
          {data ? (
            <>
              <CopyLine text={data.mqtt.url} label={t('first.mqtt')} />
              <CopyLine text={data.http.url} label={t('first.http')} />
            </>
          ) : null}
        </li>
        <li>
          <h3>{t('first.see')}</h3>
          <p>{t('first.seeText')}</p>
        </li>
      </ol>
      <div className={classes.simulate}>
        <p>{t('first.simulate')}</p>
        <CopyLine text={SIMULATE} label={t('first.simulateLabel')} />
      </div>
    </section>
  );
};
