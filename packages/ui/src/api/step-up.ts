/** Asks whoever sits in front of the screen to sign in again; false: he would rather not. */
type Ask = () => Promise<boolean>;

let ask: Ask | null = null;
let asked: Promise<boolean> | null = null;

/** The page that can ask. */
export const onStepUp = (next: Ask): (() => void) => {
  ask = next;
  return () => {
    if (ask === next) ask = null;
  };
};

/** Asks once for all calls that need it at the same time. Without a page that can ask nobody proves anything. */
export const stepUp = (): Promise<boolean> => {
  asked ??= (ask?.() ?? Promise.resolve(false)).finally(() => {
    asked = null;
  });
  return asked;
};

/** The credential is right, and the sign-in too long ago for what was asked (RFC 9470). */
export const needsStepUp = (response: Response): boolean =>
  response.status === 401 &&
  response.headers.get('www-authenticate')?.includes('insufficient_user_authentication') === true;
