import type { Device } from '@muster/contract/devices';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { type DeviceFilter, devicePage, PAGE_SIZE } from '../../data/devices.ts';

export interface DeviceRows {
  /** How many match; undefined: not known yet. */
  total: number | undefined;
  /** The nth device; undefined: not read yet. */
  row(index: number): Device | undefined;
  /** Where a device stands among those that were read; -1: not there. */
  indexOf(deviceId: string): number;
  error: Error | null;
  retry(): void;
}

/** What is on the screen is asked for again so often: when a device was last heard is not told live. */
const REFRESH_MS = 10_000;

/**
 * Reads the pages of a list up to the last row on the screen, each with the cursor of the one before it.
 * @param first the first row on the screen
 * @param last the last row on the screen
 */
export const useDeviceRows = (filter: DeviceFilter, first: number, last: number): DeviceRows => {
  const client = useQueryClient();
  const firstPage = Math.floor(first / PAGE_SIZE);
  const lastPage = Math.floor(last / PAGE_SIZE);

  const cursors: (string | undefined)[] = [undefined];
  while (cursors.length <= lastPage) {
    const next = client.getQueryData(devicePage(filter, cursors.at(-1)).queryKey)?.nextCursor;
    if (!next) break;
    cursors.push(next);
  }

  const pages = useQueries({
    queries: cursors.map((cursor, page) => ({
      ...devicePage(filter, cursor),
      staleTime: page >= firstPage ? REFRESH_MS : Number.POSITIVE_INFINITY,
      refetchInterval: page >= firstPage ? REFRESH_MS : (false as const),
      refetchOnWindowFocus: page >= firstPage,
    })),
  });

  const row = (index: number): Device | undefined =>
    pages[Math.floor(index / PAGE_SIZE)]?.data?.items[index % PAGE_SIZE];
  return {
    total: pages[0]?.data?.total,
    row,
    indexOf: (deviceId) => {
      for (const [page, { data }] of pages.entries()) {
        const found = data?.items.findIndex((device) => device.deviceId === deviceId) ?? -1;
        if (found >= 0) return page * PAGE_SIZE + found;
      }
      return -1;
    },
    error: pages.find((page) => page.error && !page.data)?.error ?? null,
    retry: () => {
      for (const page of pages) if (page.error) void page.refetch();
    },
  };
};
