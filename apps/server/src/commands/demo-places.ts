interface DemoPlace {
  slug: string;
  name: string;
  kind: string;
  parent?: string;
  timezone?: string;
  /** One that is `silent` is known and has never been heard. */
  devices: { deviceId: string; name: string; type: string; silent?: true }[];
}

const benches = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return { deviceId: `bench-${number}`, name: `Bench ${number}`, type: 'industrial.pressure-station' };
  });

const tablets = (floor: number, rooms: number) =>
  Array.from({ length: rooms }, (_, index) => {
    const room = floor * 100 + index + 1;
    return { deviceId: `tablet-${room}`, name: `Tablet ${room}`, type: 'hospitality.tablet' };
  });

/** Places of the demo, parents before children, each with its devices. */
export const demoPlaces: readonly DemoPlace[] = [
  { slug: 'mask-workshop', name: 'Mask workshop', kind: 'workshop', timezone: 'Europe/Warsaw', devices: [] },
  { slug: 'hall-1', name: 'Hall 1', kind: 'hall', parent: 'mask-workshop', devices: benches(1, 8) },
  {
    slug: 'hall-2',
    name: 'Hall 2',
    kind: 'hall',
    parent: 'mask-workshop',
    devices: [
      ...benches(9, 7),
      { deviceId: 'bench-16', name: 'Bench 16', type: 'industrial.pressure-station', silent: true },
    ],
  },
  { slug: 'harbour-hotel', name: 'Harbour Hotel', kind: 'hotel', timezone: 'Europe/Warsaw', devices: [] },
  { slug: 'floor-1', name: 'Floor 1', kind: 'floor', parent: 'harbour-hotel', devices: tablets(1, 12) },
  { slug: 'floor-2', name: 'Floor 2', kind: 'floor', parent: 'harbour-hotel', devices: tablets(2, 12) },
  {
    slug: 'stores',
    name: 'Stores',
    kind: 'room',
    parent: 'mask-workshop',
    devices: [
      { deviceId: 'climate-1', name: 'Climate by the door', type: 'generic' },
      { deviceId: 'climate-2', name: 'Climate at the back', type: 'generic' },
    ],
  },
];
