import { useTranslation } from 'react-i18next';
import { Dialog } from '../parts/dialog.tsx';
import classes from './keys-dialog.module.css';
import { modKey } from './mod-key.ts';

const rows = [
  ['palette', [modKey, 'K']],
  ['search', ['/']],
  ['keys', ['?']],
  ['overview', ['g', 'o']],
  ['fleet', ['g', 'f']],
  ['administration', ['g', 'a']],
  ['next', ['j']],
  ['previous', ['k']],
  ['open', ['Enter']],
  ['add', ['n']],
  ['range', ['1', '…', '7']],
  ['rangeStep', ['[', ']']],
  ['close', ['Esc']],
] as const;

/** The list of keys. */
const KeysDialog = ({ onClose }: { onClose(): void }) => {
  const { t } = useTranslation('shell');
  return (
    <Dialog onClose={onClose} title={t('keys.title')} size={420}>
      <dl className={classes.keys}>
        {rows.map(([name, keys]) => (
          <div key={name} className={classes.row}>
            <dt>{t(`keys.${name}`)}</dt>
            <dd>{keys.map((key) => (key === '…' ? <span key={key}>{key}</span> : <kbd key={key}>{key}</kbd>))}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
};

export default KeysDialog;
