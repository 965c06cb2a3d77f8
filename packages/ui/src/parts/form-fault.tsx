import type { ReactNode } from 'react';
import { StateShape } from '../theme/state-mark.tsx';
import classes from './form-fault.module.css';

/** What went wrong with a form as a whole; nothing while nothing did. */
export const FormFault = ({ children }: { children: ReactNode }) => (
  <div role="alert" className={classes.fault}>
    {children ? (
      <>
        <StateShape state="critical" />
        <span>{children}</span>
      </>
    ) : null}
  </div>
);
