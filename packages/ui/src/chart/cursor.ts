/** The moment under the pointer, shared by all charts of a page. Made by `createCursor`. */
export interface Cursor {
  /** ms; null: the pointer is on no chart. */
  time(): number | null;
  set(time: number | null): void;
  subscribe(listener: () => void): () => void;
}

/** Starts without a pointer. */
export const createCursor = (): Cursor => {
  let current: number | null = null;
  const listeners = new Set<() => void>();
  return {
    time: () => current,
    set: (time) => {
      if (time === current) return;
      current = time;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
