import { useRef } from 'react';

/** Random text for `Idempotency-Key`; also where the page is not served over HTTPS. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** A key for what a form sends: the same for the same input, so that sending it twice makes one thing. */
export const useRequestKey = (): ((input: unknown) => string) => {
  const last = useRef({ input: '', key: '' });
  return (input) => {
    const text = JSON.stringify(input);
    if (text !== last.current.input) last.current = { input: text, key: newKey() };
    return last.current.key;
  };
};
