import { useEffect, useEffectEvent } from 'react';

/** What keys do, by name: a key (`j`, `/`, `enter`), two after each other (`g o`), or with Ctrl or Cmd (`mod+k`). */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const SECOND_KEY_MS = 1000;

/** A letter as it is typed, any other key in lower case. */
const nameOf = ({ key }: KeyboardEvent): string => (key.length > 1 ? key.toLowerCase() : key);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select, [role="combobox"], [role="listbox"]'));

/** Enter and space belong to what has the focus. */
const isPressable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('a, button, [role="button"], [role="menuitem"], summary') !== null;

const isCovered = (): boolean => document.querySelector('[aria-modal="true"], [role="menu"]') !== null;

/** Reacts to keys while the component is there; never while somebody types or a dialog is open, except to `mod+…`. */
export const useKeys = (keys: KeyMap): void => {
  const press = useEffectEvent((event: KeyboardEvent, first: string | null): string | null => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return null;
    if (event.ctrlKey || event.metaKey) {
      const action = keys[`mod+${event.key.toLowerCase()}`];
      if (action) {
        event.preventDefault();
        action(event);
      }
      return null;
    }
    if (isTyping(event.target) || isCovered()) return null;
    if (event.key === 'Enter' && isPressable(event.target)) return null;
    const key = nameOf(event);
    const action = (first === null ? undefined : keys[`${first} ${key}`]) ?? keys[key];
    if (action) {
      event.preventDefault();
      action(event);
      return null;
    }
    return Object.keys(keys).some((name) => name.startsWith(`${key} `)) ? key : null;
  });

  useEffect(() => {
    let first: { key: string; at: number } | null = null;
    const listen = (event: KeyboardEvent) => {
      const fresh = first !== null && event.timeStamp - first.at < SECOND_KEY_MS ? first.key : null;
      const next = press(event, fresh);
      first = next === null ? null : { key: next, at: event.timeStamp };
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
};
