import { Suspense, useEffect, useState } from 'react';
import { onStepUp } from '../api/step-up.ts';
import { lazyPart } from '../app/lazy-part.ts';

const StepUpDialog = lazyPart(() => import('./step-up-dialog.tsx'));

/** Asks to sign in again whenever a call needs it: on every page of somebody who is signed in. */
export const StepUp = () => {
  /** Where the answer goes; null: nobody is asked. */
  const [answer, setAnswer] = useState<((proved: boolean) => void) | null>(null);
  useEffect(() => onStepUp(() => new Promise<boolean>((resolve) => setAnswer(() => resolve))), []);
  if (!answer) return null;
  const done = (proved: boolean) => {
    answer(proved);
    setAnswer(null);
  };
  return (
    <Suspense>
      <StepUpDialog onDone={done} />
    </Suspense>
  );
};
