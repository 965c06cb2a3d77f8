import type { Command } from '@muster/contract/commands';
import { routes } from '@muster/contract/routes';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../../../api/client.ts';
import { useLiveRestored } from '../../../live/hooks.ts';
import type { DeviceLive } from '../live/device-live.ts';

const AT_ONCE = 20;
const keyOf = (deviceId: string) => ['device', deviceId, 'commands'] as const;

/** Commands of a device, newest first, page by page; read again as soon as one of them goes on. */
export const useCommands = (deviceId: string, deviceLive: DeviceLive) => {
  const client = useQueryClient();
  const query = useInfiniteQuery({
    queryKey: keyOf(deviceId),
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: AT_ONCE, ...(pageParam ? { cursor: pageParam } : {}) };
      return call(routes.commands.list, { params: { deviceId }, query, signal });
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    staleTime: 0,
  });
  const readAgain = () => void client.invalidateQueries({ queryKey: keyOf(deviceId) });
  useLiveRestored(readAgain);
  useEffect(
    () =>
      deviceLive.listen(({ command }) => {
        if (command) void client.invalidateQueries({ queryKey: keyOf(deviceId) });
      }),
    [deviceLive, client, deviceId],
  );
  return { query, commands: query.data?.pages.flatMap((page) => page.items) ?? [] };
};

/** What is done with a command that stands in the list. */
export const useActOn = ({ deviceId, id }: Command) => {
  const client = useQueryClient();
  const params = { deviceId, id };
  return useMutation({
    mutationFn: (act: 'cancel' | 'approve' | 'reject'): Promise<Command> =>
      act === 'reject'
        ? call(routes.commands.reject, { params, body: {} })
        : call(act === 'cancel' ? routes.commands.cancel : routes.commands.approve, { params }),
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(deviceId) }),
  });
};
