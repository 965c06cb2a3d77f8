import { Button, Skeleton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { LoadFault } from '../../parts/load-fault.tsx';
import { Page } from '../../parts/page.tsx';
import { PasskeysCard } from '../profile/passkeys/passkeys-card.tsx';
import { SecondFactorCard } from '../profile/second-factor/second-factor-card.tsx';
import { DeviceStep } from './device-step.tsx';
import { DoneStep } from './done-step.tsx';
import classes from './first-steps-page.module.css';
import { PlaceStep } from './place-step.tsx';
import type { FirstStepsSearch, StepName } from './search.ts';
import { StepList } from './step-list.tsx';
import { type Step, useSteps } from './use-steps.ts';

interface FirstStepsPageProps {
  search: FirstStepsSearch;
  onSearch(next: FirstStepsSearch): void;
}

/** Leads a new owner from the empty installation to the first value: each step can be skipped, left and found again. */
const FirstStepsPage = ({ search, onSearch }: FirstStepsPageProps) => {
  const { t } = useTranslation('firstSteps');
  const navigate = useNavigate();
  const { steps, error, retry } = useSteps();
  const leave = () => void navigate({ to: '/' });
  return (
    <Page title={t('title')} actions={<Button onClick={leave}>{t('leave')}</Button>}>
      {error && !steps ? <LoadFault error={error} onRetry={retry} /> : null}
      {steps || error ? null : <Skeleton height={232} radius="md" />}
      {steps ? <Steps steps={steps} search={search} onSearch={onSearch} onLeave={leave} /> : null}
    </Page>
  );
};

interface StepsProps extends FirstStepsPageProps {
  steps: readonly Step[];
  onLeave(): void;
}

const Steps = ({ steps: known, search, onSearch, onLeave }: StepsProps) => {
  const { t } = useTranslation('firstSteps');
  // the overview counts the device a moment later
  const [isHeard, setHeard] = useState(false);
  const onFirst = useCallback(() => setHeard(true), []);
  const steps = known.map((step) => (step.name === 'device' && isHeard ? { ...step, isDone: true } : step));
  // A step that is done while it is shown stays until the person goes on.
  const start = useRef((steps.find(({ isDone }) => !isDone) ?? steps.at(-1))?.name ?? 'done').current;
  const index = Math.max(
    steps.findIndex(({ name }) => name === (search.step ?? start)),
    0,
  );
  const { name, isDone } = steps[index] as Step;
  const heading = useFocusOnChange(name);
  const goTo = (to: Step | undefined) => to && onSearch({ step: to.name });
  return (
    <div className={classes.columns}>
      <StepList steps={steps} shown={name} />
      <div className={classes.step}>
        <div>
          <h2 ref={heading} tabIndex={-1} className={classes.heading}>
            {t(`${name}.title`)}
          </h2>
          <p className={classes.quiet}>{t(`${name}.text`)}</p>
        </div>
        {name === 'security' ? (
          <>
            <SecondFactorCard />
            <PasskeysCard />
          </>
        ) : null}
        {name === 'place' ? <PlaceStep /> : null}
        {name === 'device' ? (
          <DeviceStep
            deviceId={search.device}
            onDevice={(device) => onSearch({ step: name, device })}
            isDone={isDone}
            onFirst={onFirst}
          />
        ) : null}
        {name === 'done' ? <DoneStep steps={steps} /> : null}
        <div className={classes.buttons}>
          {index > 0 ? <Button onClick={() => goTo(steps[index - 1])}>{t('back')}</Button> : null}
          {name === 'done' ? (
            <Button variant="filled" onClick={onLeave}>
              {t('toOverview')}
            </Button>
          ) : (
            <Button variant={isDone ? 'filled' : 'default'} onClick={() => goTo(steps[index + 1])}>
              {t(isDone ? 'next' : 'skip')}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
};

/** Who goes on by keyboard or hears the page goes on reading at the new step. */
const useFocusOnChange = (name: StepName) => {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(name);
  useEffect(() => {
    if (shown.current !== name) heading.current?.focus();
    shown.current = name;
  }, [name]);
  return heading;
};

export default FirstStepsPage;
