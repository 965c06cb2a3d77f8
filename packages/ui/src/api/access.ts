import type { Tokens } from '@muster/contract/identity';
import { ApiError } from './error.ts';

/** The access token, in memory only, renewed before it ends. */
export interface Access {
  /** Null: nobody is signed in. */
  token(): string | null;
  /** Somebody signed in. */
  use(tokens: Tokens): void;
  /** Asks for a new token, once for all who ask at the same time. @throws ApiError when there is none */
  renew(): Promise<Tokens>;
  /** Forgets the token. */
  clear(): void;
}

interface AccessOptions {
  refresh(): Promise<Tokens>;
  /** A renewal was refused: the session has ended. */
  onEnded(): void;
}

const EARLY_MS = 60_000;
const AGAIN_MS = 10_000;

/** Starts without a token. */
export const createAccess = ({ refresh, onEnded }: AccessOptions): Access => {
  let token: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<Tokens> | null = null;

  const schedule = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void renew().catch(() => undefined), ms);
  };

  const use = ({ accessToken, expiresIn }: Tokens) => {
    token = accessToken;
    schedule(Math.max(AGAIN_MS, expiresIn * 1000 - EARLY_MS));
  };

  const clear = () => {
    token = null;
    clearTimeout(timer);
  };

  const renew = (): Promise<Tokens> => {
    running ??= refresh()
      .then(
        (tokens) => {
          use(tokens);
          return tokens;
        },
        (error: unknown) => {
          const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
          if (refused) {
            const had = token !== null;
            clear();
            if (had) onEnded();
          } else if (token !== null) schedule(AGAIN_MS);
          throw error;
        },
      )
      .finally(() => {
        running = null;
      });
    return running;
  };

  return { token: () => token, use, renew, clear };
};
