import { useSyncExternalStore } from 'react';
import { codeOf, faultOf } from '../../api/error.ts';
import { getLinkToken, onLinkToken } from '../../nav/link-token.ts';

/** The token that a link in a mail brought along. */
export const useLinkToken = (): string => useSyncExternalStore(onLinkToken, getLinkToken);

/** Does the server say that the link is of no use any more? */
export const isLinkDead = (error: unknown): boolean =>
  faultOf(error, '/token') !== undefined && codeOf(error, '/token') !== 'invitation-over';
