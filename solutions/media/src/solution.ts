import { defineSolution } from '@muster/contract/solution';
import { roles } from './roles.ts';

/** Plex, Jellyfin and Emby servers. */
export const media = defineSolution({
  id: 'media',
  title: { en: 'Media servers', pl: 'Serwery multimediów' },
  deviceTypes: [],
  placeKinds: [
    {
      id: 'server-room',
      title: { en: 'Server room', pl: 'Serwerownia' },
      standsIn: [null, 'site', 'building', 'hall'],
    },
  ],
  roles,
});
