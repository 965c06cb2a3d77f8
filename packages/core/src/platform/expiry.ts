import { invalid } from './errors.ts';

/** When a credential ends. @throws MusterError `invalid` for a time that is over */
export function readExpiry(text: string): Date {
  const at = new Date(text);
  if (at.getTime() > Date.now()) return at;
  throw invalid('It would have ended already.', [{ path: '/expiresAt', message: 'must lie ahead' }]);
}
