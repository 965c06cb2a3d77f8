import { routes } from '@muster/contract/routes';
import type { Ledger } from '@muster/contract/telemetry';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../../api/client.ts';
import { deviceKeys } from '../data.ts';

const REFRESH_MS = 5000;

/** What became of the device's messages, renewed every 5 seconds. */
export const useLedger = (deviceId: string) =>
  useQuery({
    queryKey: deviceKeys.ledger(deviceId),
    queryFn: ({ signal }) => call(routes.telemetry.ledger, { query: { deviceId }, signal }),
    refetchInterval: REFRESH_MS,
  });

/** Rejected messages of all reasons together. */
export const rejectedOf = (ledger: Ledger): number =>
  Object.values(ledger.rejected).reduce((sum, count) => sum + count, 0);
