import { type ReactNode, useEffect } from 'react';
import classes from './page.module.css';

interface PageProps {
  title: string;
  /** A few words beside the title. */
  note?: ReactNode;
  /** What can be done here, at the right. */
  actions?: ReactNode;
  /** The page fills the screen and scrolls inside. */
  fills?: boolean;
  children: ReactNode;
}

/** Names the browser's tab after what it shows. */
export const useTabTitle = (title: string): void => {
  useEffect(() => {
    document.title = title === '' ? 'Muster' : `${title} · Muster`;
  }, [title]);
};

/** A page inside the frame: its title, what can be done, its content. */
export const Page = ({ title, note, actions, fills = false, children }: PageProps) => {
  useTabTitle(title);
  return (
    <div className={classes.page} data-fills={fills}>
      <div className={classes.head}>
        <h1>{title}</h1>
        {note ? <div className={classes.note}>{note}</div> : null}
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </div>
      {children}
    </div>
  );
};

/** A surface with a heading. */
export const Card = ({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) => (
  <section className={classes.card}>
    <div className={classes.cardHead}>
      <h2>{title}</h2>
      {note ? <span className={classes.cardNote}>{note}</span> : null}
    </div>
    {children}
  </section>
);
