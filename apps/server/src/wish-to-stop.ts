/**
 * Resolves with the first wish to stop: Ctrl-C, SIGTERM, a closing terminal, or the launcher that was killed. A second
 * one ends the process at once.
 */
export function wishToStop(): Promise<void> {
  return new Promise((resolve) => {
    let wished = false;
    const wish = () => {
      if (wished) process.exit(130);
      wished = true;
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, wish);
    process.once('disconnect', wish);
    // after the listener, which would hold it: the launcher's channel alone keeps no command alive
    process.channel?.unref();
  });
}
