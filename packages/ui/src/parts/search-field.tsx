import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useKeys } from '../shell/keys.ts';

const TYPING_MS = 200;

interface SearchFieldProps {
  /** What the address says is searched; undefined: nothing. */
  q: string | undefined;
  /** Somebody paused typing. */
  onSearch(q: string | undefined): void;
  label: string;
  className?: string | undefined;
}

/** Limits the list of a page, whose address keeps what is searched. `/` leads to it, Escape back to the page. */
export const SearchField = ({ q = '', onSearch, label, className = '' }: SearchFieldProps) => {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(q);
  const ask = useDebouncedCallback((value: string) => onSearch(value.trim() || undefined), TYPING_MS);

  // The address changed by other means than typing: back, or a link.
  useEffect(() => {
    setTyped((before) => (before.trim() === q ? before : q));
  }, [q]);

  useKeys({ '/': () => field.current?.focus() });

  return (
    <TextInput
      ref={field}
      className={className}
      type="search"
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        ask(value);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // The browser would empty the field: it is only left, for j and k.
        event.preventDefault();
        field.current?.blur();
      }}
      placeholder={label}
      aria-label={label}
      aria-keyshortcuts="/"
      rightSection={<kbd>/</kbd>}
      maxLength={120}
    />
  );
};
