/** Beats once a second, together for all who listen, and rests while nobody looks at the page. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

const beat = () => {
  for (const listener of listeners) listener();
};

const update = () => {
  clearInterval(timer);
  if (listeners.size === 0 || document.visibilityState === 'hidden') return;
  beat();
  timer = setInterval(beat, 1000);
};

/** Calls back every second; ends by calling what it answers. */
export const everySecond = (listener: () => void): (() => void) => {
  if (listeners.size === 0) document.addEventListener('visibilitychange', update);
  listeners.add(listener);
  if (listeners.size === 1) timer = setInterval(beat, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', update);
  };
};
