import { routes } from '@muster/contract/routes';
import type { Ledger } from '@muster/contract/telemetry';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/client.ts';

/** What became of every message of the organization, or of one device, asked again every 5 s. */
export const useLedger = (deviceId?: string) =>
  useQuery({
    queryKey: ['ledger', deviceId ?? null],
    queryFn: ({ signal }) => call(routes.telemetry.ledger, { query: { deviceId }, signal }),
    refetchInterval: 5000,
  });

/** Messages that were refused, whatever the reason. */
export const rejectedOf = ({ rejected }: Ledger): number => Object.values(rejected).reduce((sum, n) => sum + n, 0);

/** Messages that are neither stored, known, refused nor under way: 0, or something is wrong. */
export const unaccountedOf = (ledger: Ledger): number =>
  ledger.received - ledger.stored - ledger.duplicates - rejectedOf(ledger) - ledger.pending;
