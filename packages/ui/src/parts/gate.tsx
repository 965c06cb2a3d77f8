import type { FormEvent, ReactNode } from 'react';
import { Brand } from '../shell/brand.tsx';
import classes from './gate.module.css';
import { useTabTitle } from './page.tsx';

interface GateProps {
  title: string;
  text?: ReactNode;
  onSubmit(): void;
  children: ReactNode;
}

/** A page before the frame: one form in the middle of a quiet screen. */
export const Gate = ({ title, text, onSubmit, children }: GateProps) => {
  useTabTitle(title);
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <Brand />
        <form
          className={classes.card}
          noValidate
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            onSubmit();
          }}
        >
          <h1>{title}</h1>
          {text ? <p className={classes.text}>{text}</p> : null}
          {children}
        </form>
      </div>
    </main>
  );
};
