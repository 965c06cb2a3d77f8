import { type ReactNode, useEffect, useRef } from 'react';
import { StateShape } from '../theme/state-mark.tsx';
import classes from './form-fault.module.css';

/** What went wrong with a form as a whole; nothing while nothing did. */
export const FormFault = ({ children }: { children: ReactNode }) => {
  const box = useRef<HTMLDivElement>(null);
  const isThere = Boolean(children);
  useEffect(() => {
    // a form may be longer than the screen
    if (isThere) box.current?.scrollIntoView({ block: 'nearest' });
  }, [isThere]);
  return (
    <div ref={box} role="alert" className={classes.fault}>
      {children ? (
        <>
          <StateShape state="critical" />
          <span>{children}</span>
        </>
      ) : null}
    </div>
  );
};
