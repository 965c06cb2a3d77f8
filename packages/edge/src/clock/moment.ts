/** When something happened, as the device itself can tell. */
export interface Moment {
  /** The start of the device that it belongs to. */
  readonly boot: string;
  /** ms since that start. */
  readonly at: number;
  /** ms since 1970 as the wall clock said; it may be wrong by decades. */
  readonly wall: number;
}

/** A start of the device at which the server's time was asked. */
export interface Anchor {
  /** ms since the start. */
  readonly at: number;
  /** ms since 1970. */
  readonly time: number;
}

export interface Time {
  /** ms since 1970; undefined: nothing that the device knows comes near it. */
  readonly ts: number | undefined;
  /** False: an estimate. */
  readonly certain: boolean;
}
