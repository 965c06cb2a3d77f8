import type { ReactNode } from 'react';
import { type Severity, StateShape } from '../theme/state-mark.tsx';
import classes from './facts.module.css';

/** Names with their values, one below the other. */
export const Facts = ({ children }: { children: ReactNode }) => <dl className={classes.facts}>{children}</dl>;

interface FactProps {
  name: string;
  /** Null and undefined: not known. */
  value: string | null | undefined;
  unit?: string | null | undefined;
  /** Said by the pointer. */
  hint?: string | undefined;
  severity?: Severity | null;
  /** A share of what stands above. */
  isPart?: boolean;
}

/** One of {@link Facts}. */
export const Fact = ({ name, value, unit, hint, severity = null, isPart = false }: FactProps) => (
  <div
    className={isPart ? `${classes.fact} ${classes.part}` : classes.fact}
    title={hint}
    data-severity={severity ?? undefined}
  >
    <dt>
      {severity ? <StateShape state={severity} /> : null}
      {name}
    </dt>
    <dd>
      {value ?? '–'}
      {value && unit ? <span className={classes.unit}> {unit}</span> : null}
    </dd>
  </div>
);
