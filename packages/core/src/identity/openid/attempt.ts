import type { Secret } from '../../platform/secret.ts';

/** What a browser remembers between going to a provider and coming back. */
export interface Attempt {
  providerId: string;
  state: string;
  nonce: string;
  verifier: string;
  /** An address of this app. */
  returnTo: string;
  /** Whose sign-in page it was, where it is not the first one's. */
  organization?: string;
  /** Somebody signed in wants to link an account. */
  link?: { userId: string; sessionId: string };
}

/** Somebody whose provider vouched for him, and who owes the code of his second factor. */
export interface Owing {
  userId: string;
  providerId: string;
  linkId: string;
}

/** Seconds that a browser may take at the provider. */
export const ATTEMPT_SECONDS = 600;
/** Seconds to enter the code. */
export const OWING_SECONDS = 300;

interface Sealed<T> {
  /** ms since 1970 */
  until: number;
  is: T;
}

/** Writes something for the browser to keep, that it can neither read nor change. */
export const seal = <T>(secret: Secret, purpose: string, is: T, seconds: number): string => {
  const sealed: Sealed<T> = { until: Date.now() + seconds * 1000, is };
  return Buffer.from(secret.wrap(purpose, Buffer.from(JSON.stringify(sealed))), 'base64').toString('base64url');
};

/** undefined: it is not ours, was meant for something else, or is over. */
export function unseal<T>(secret: Secret, purpose: string, text: string | undefined): T | undefined {
  if (text === undefined || text.length > 4096) return undefined;
  try {
    const plain = secret.unwrap(purpose, Buffer.from(text, 'base64url').toString('base64'));
    const { until, is } = JSON.parse(plain.toString()) as Sealed<T>;
    return until > Date.now() ? is : undefined;
  } catch {
    return undefined;
  }
}

/** A page of this app, never another site; anything else leads to the first page. */
export const readReturn = (text: string | undefined): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  text !== undefined && /^\/(?![/\\])[^\\\u0000-\u001f\u007f]*$/.test(text) && text.length <= 2000 ? text : '/';

/** States that came back: a second one is a replay, whatever the provider says of its code. Of this node. */
export function createUsedStates(): { use(state: string): boolean } {
  const used = new Map<string, number>();
  return {
    use(state) {
      const now = performance.now();
      for (const [known, at] of used) {
        if (now - at < ATTEMPT_SECONDS * 1000 && used.size < 50_000) break;
        used.delete(known);
      }
      if (used.has(state)) return false;
      used.set(state, now);
      return true;
    },
  };
}
