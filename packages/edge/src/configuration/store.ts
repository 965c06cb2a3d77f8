/** A configuration as data: what a device type's schema allows. */
export type Configuration = Readonly<Record<string, unknown>>;

export interface Versioned {
  readonly version: number;
  readonly configuration: Configuration;
}

/** A desired version that could not be held. */
export interface FailedVersion {
  readonly version: number;
  readonly error: string;
  /** It was in force for a while, and what was before is in force again. */
  readonly reverted: boolean;
}

/** What a device holds: always read and written as a whole. */
export interface HeldState {
  /** The last one that was confirmed; version 0 is what the device came with. */
  readonly confirmed: Versioned;
  /** One that is being tried, and how often it was begun. */
  readonly tentative: (Versioned & { readonly tries: number }) | null;
  readonly failed: FailedVersion | null;
}

export interface ConfigurationStore {
  load(): HeldState | undefined;
  /** @throws what the disk says; what was held before is held still */
  save(state: HeldState): void;
}

/** For simulated devices: it does not outlive the process. */
export function memoryConfiguration(): ConfigurationStore {
  let held: HeldState | undefined;
  return {
    load: () => held,
    save: (state) => {
      held = state;
    },
  };
}
