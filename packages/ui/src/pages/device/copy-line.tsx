import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../parts/use-copy.ts';
import classes from './copy-line.module.css';

interface CopyLineProps {
  /** What is copied. */
  text: string;
  /** As it is shown, where that is easier to read. */
  shown?: string;
  /** What it is, for who cannot see where it stands. */
  label: string;
}

/** A text to take along: a command, a topic, a token. It wraps, so that nothing of it is out of sight. */
export const CopyLine = ({ text, shown = text, label }: CopyLineProps) => {
  const { t } = useTranslation('device');
  const code = useRef<HTMLElement>(null);
  const { copied, copy } = useCopy(text, code);
  return (
    <div className={classes.line}>
      <code ref={code} className={classes.text}>
        {shown}
      </code>
      <button type="button" className={classes.button} onClick={() => void copy()}>
        <span aria-live="polite">{t(copied ? 'copy.done' : 'copy.do')}</span>
        <span className={classes.hidden}> {label}</span>
      </button>
    </div>
  );
};
