const paths = {
  overview: 'M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z',
  fleet: 'M2 4h12M2 8h12M2 12h12',
  administration: 'M2 4.5h7M13 4.5h1M2 11.5h1M7 11.5h7M11 2.5v4M5 9.5v4',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.5 10.5 14 14',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  chevron: 'm4 6 4 4 4-4',
  remove: 'm4 4 8 8M12 4l-8 8',
} as const;

export type IconName = keyof typeof paths;

/** A drawing that stands beside its word. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'more' ? 2.4 : 1.6}
    strokeLinecap="round"
    aria-hidden="true"
  >
    <path d={paths[name]} />
  </svg>
);
