import { useId } from 'react';
import classes from './check.module.css';

interface CheckProps {
  label: string;
  /** Why it is as it is. */
  note?: string | null;
  checked: boolean;
  disabled?: boolean;
  onChange(checked: boolean): void;
}

/** A box to check, the whole of its words with it. */
export const Check = ({ label, note = null, checked, disabled = false, onChange }: CheckProps) => {
  const id = useId();
  return (
    <label className={classes.check} data-disabled={disabled}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-labelledby={`${id}-label`}
        aria-describedby={note === null ? undefined : `${id}-note`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>
        <span id={`${id}-label`}>{label}</span>
        {note === null ? null : (
          <span id={`${id}-note`} className={classes.note}>
            {note}
          </span>
        )}
      </span>
    </label>
  );
};
