import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './copy-line.module.css';

interface CopyLineProps {
  /** What is copied, as it is shown. */
  text: string;
  /** What it is, for who cannot see where it stands. */
  label: string;
}

const SAID_MS = 2000;

/** A text to take along: a command, a topic, a token. It wraps, so that nothing of it is out of sight. */
export const CopyLine = ({ text, label }: CopyLineProps) => {
  const { t } = useTranslation('device');
  const code = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(text, code.current);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return (
    <div className={classes.line}>
      <code ref={code} className={classes.text}>
        {text}
      </code>
      <button type="button" className={classes.button} onClick={() => void copy()}>
        <span aria-live="polite">{t(copied ? 'copy.done' : 'copy.do')}</span>
        <span className={classes.hidden}> {label}</span>
      </button>
    </div>
  );
};

/** Without HTTPS a browser has no clipboard for pages: then the text is selected and copied as if by hand. */
const copyText = async (text: string, shown: HTMLElement | null): Promise<void> => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const selection = getSelection();
  if (!shown || !selection) return;
  selection.selectAllChildren(shown);
  document.execCommand('copy');
};
