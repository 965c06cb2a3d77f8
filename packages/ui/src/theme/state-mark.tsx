import { useTranslation } from 'react-i18next';
import classes from './state-mark.module.css';

export type Severity = 'critical' | 'warning' | 'info';
export type Status = 'online' | 'offline' | 'error' | 'maintenance' | 'pending' | 'stale';
export type StateName = Severity | Status;

const names: ReadonlySet<string> = new Set<StateName>([
  'critical',
  'warning',
  'info',
  'online',
  'offline',
  'error',
  'maintenance',
  'pending',
  'stale',
]);

/** A word of the server as a state that can be shown; what is not known counts as silent, never as fine. */
export const stateOf = (word: string): StateName => (names.has(word) ? (word as StateName) : 'offline');

const shapes: Record<StateName, React.ReactNode> = {
  critical: <path className={classes.critical} d="M6 .5 11.5 6 6 11.5.5 6z" />,
  error: <path className={classes.critical} d="M6 .5 11.5 6 6 11.5.5 6z" />,
  warning: <path className={classes.warning} d="M6 1 11.6 11H.4z" />,
  info: <circle className={classes.info} cx="6" cy="6" r="5" />,
  online: <rect className={classes.quiet} x="2" y="2" width="8" height="8" rx="2" />,
  offline: <circle className={classes.ring} cx="6" cy="6" r="4.75" />,
  stale: <circle className={classes.ring} cx="6" cy="6" r="4.75" />,
  maintenance: <path className={classes.hatch} d="M1 5 5 1M1 9l8-8M3 11l8-8M7 11l4-4" />,
  pending: <rect className={classes.open} x="1.75" y="1.75" width="8.5" height="8.5" rx="2" />,
};

/** The shape of a state without its word: only where the word stands beside it. */
export const StateShape = ({ state }: { state: StateName }) => (
  <svg className={classes.shape} viewBox="0 0 12 12" aria-hidden="true" data-state={state}>
    {shapes[state]}
  </svg>
);

type StateMarkProps = ({ severity: Severity; status?: never } | { status: Status; severity?: never }) & {
  /** Other words than the state's name. */
  children?: React.ReactNode;
};

/** A state as colour, shape and word, so that none of them carries it alone. */
export const StateMark = ({ severity, status, children }: StateMarkProps) => {
  const { t } = useTranslation('state');
  const state = severity ?? status;
  return (
    <span className={classes.mark} data-state={state}>
      <StateShape state={state} />
      {children ?? t(state)}
    </span>
  );
};
