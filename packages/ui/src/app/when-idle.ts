const AT_LATEST_MS = 5000;

/** Runs what can wait when the browser has nothing else to do; a browser that does not say so gets it a little later. */
export const whenIdle = (run: () => void): void => {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(run, { timeout: AT_LATEST_MS });
  else setTimeout(run, AT_LATEST_MS / 10);
};
