import { execFileSync } from 'node:child_process';

/** For tests: a network of one cable, between this computer and a namespace in which a device runs. */
export interface Network extends Disposable {
  /** This computer's address on the cable. */
  readonly address: string;
  /** What a command line begins with to run at the other end. */
  readonly inside: string[];
  cut(): void;
  mend(): void;
}

/** @returns why there can be none here, where that is so */
export function layNetwork(): Network | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'only root on Linux may lay a network';
  const name = `mes${process.pid}`;
  const subnet = `10.213.${process.pid % 250}`;
  const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
  const clear = () => {
    for (const args of [
      ['link', 'del', `${name}a`],
      ['netns', 'del', name],
    ]) {
      try {
        ip(...args);
      } catch {
        // it was never there
      }
    }
  };
  try {
    ip('netns', 'add', name);
    ip('link', 'add', `${name}a`, 'type', 'veth', 'peer', 'name', `${name}b`, 'netns', name);
    ip('addr', 'add', `${subnet}.1/24`, 'dev', `${name}a`);
    ip('link', 'set', `${name}a`, 'up');
    ip('-n', name, 'addr', 'add', `${subnet}.2/24`, 'dev', `${name}b`);
    ip('-n', name, 'link', 'set', `${name}b`, 'up');
  } catch (error) {
    clear();
    return `a network can not be laid here: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
  process.once('exit', clear);
  return {
    address: `${subnet}.1`,
    inside: ['ip', 'netns', 'exec', name],
    cut: () => void ip('link', 'set', `${name}a`, 'down'),
    mend: () => void ip('link', 'set', `${name}a`, 'up'),
    [Symbol.dispose]() {
      process.off('exit', clear);
      clear();
    },
  };
}
