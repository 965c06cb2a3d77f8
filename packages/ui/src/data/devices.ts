import type { DeviceOrder, DeviceStatus } from '@muster/contract/devices';
import { routes } from '@muster/contract/routes';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../api/client.ts';

/** What a list of devices is limited to. */
export interface DeviceFilter {
  search?: string | undefined;
  status?: DeviceStatus | undefined;
  type?: string | undefined;
  placeId?: string | undefined;
  label?: string | undefined;
  role?: string | undefined;
  firmwareVersion?: string | undefined;
  sort?: DeviceOrder | undefined;
}

/** Devices of one page: every page but the last has exactly so many. */
export const PAGE_SIZE = 200;
const PALETTE_SIZE = 8;

/** One page of the devices that match, by name. `cursor` is what the page before it said; undefined: the first. */
export const devicePage = (filter: DeviceFilter, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['devices', 'page', filter, cursor ?? null] as const,
    queryFn: ({ signal }) => call(routes.devices.list, { query: { ...filter, limit: PAGE_SIZE, cursor }, signal }),
  });

/** The first devices that match a search, for the palette. */
export const foundDevices = (search: string) =>
  queryOptions({
    queryKey: ['devices', 'found', search] as const,
    queryFn: ({ signal }) =>
      call(routes.devices.list, { query: { search: search || undefined, limit: PALETTE_SIZE }, signal }),
  });

/** Labels, roles and firmware versions that there are. */
export const deviceFacets = queryOptions({
  queryKey: ['devices', 'facets'] as const,
  queryFn: ({ signal }) => call(routes.devices.facets, { signal }),
  staleTime: 60_000,
});
