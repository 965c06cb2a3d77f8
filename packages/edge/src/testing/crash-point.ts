/** For tests: ends the process at once, as a power cut does, at the durable operation whose number `CRASH_AT` is. */
export function crashPoint(): () => void {
  const at = Number(process.env.CRASH_AT ?? Number.NaN);
  let operations = 0;
  return () => {
    if (++operations === at) process.kill(process.pid, 'SIGKILL');
  };
}
