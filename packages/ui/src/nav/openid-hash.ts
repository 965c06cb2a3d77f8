import { useLocation } from '@tanstack/react-router';

/** How a sign-in at a provider ended, as the server says it behind the # of an address; null: there was none. */
export const useOpenidHash = (): string | null => /^openid=(\w{1,20})$/.exec(useLocation().hash)?.[1] ?? null;
