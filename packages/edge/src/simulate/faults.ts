/**
 * What can go wrong with simulated devices. Which device and when comes from the seed. Times are ms of the run, a
 * `share` is a part of all devices or messages, `everyMs` an average.
 */
export const faults = {
  disconnect: {
    does: 'Single devices lose their connection without DISCONNECT and come back',
    /** Time between two losses of one device; the longest absence (the shortest is a tenth of it). */
    parameters: { everyMs: 60_000, awayMs: 5000 },
  },
  'reconnect-storm': {
    does: 'All devices lose their connection at once and come back at once, without back-off',
    /** Time between two storms; how long all are away. */
    parameters: { everyMs: 30_000, awayMs: 2000 },
  },
  'clock-skew': {
    does: 'Some device clocks are off, half of them fast, half of them slow, from a minute to hours',
    /** Devices concerned; the least and the most that a clock is off. */
    parameters: { share: 0.2, leastMs: 60_000, mostMs: 3 * 3_600_000 },
  },
  duplicates: {
    does: 'Some messages are sent again after up to three others, with the same boot and seq',
    /** Messages concerned. */
    parameters: { share: 0.1 },
  },
  'out-of-order': {
    does: 'Some messages are overtaken by up to three later ones, and keep their own time and seq',
    /** Messages concerned. */
    parameters: { share: 0.1 },
  },
  'stuck-sensor': {
    does: 'Some devices repeat one number for ever from some message on',
    /** Devices concerned; the last message at which a sensor may get stuck. */
    parameters: { share: 0.1, within: 60 },
  },
  nan: {
    does: 'Some messages hold a bare NaN, which is not JSON: they must be refused',
    /** Messages concerned. */
    parameters: { share: 0.02 },
  },
  burst: {
    does: 'Some devices go through a common outage, measure on, and send what they kept in one burst with its own times',
    /** Devices concerned; time between two outages; how long one lasts. */
    parameters: { share: 0.5, everyMs: 60_000, outageMs: 15_000 },
  },
  'loses-result': {
    does: 'Some commands are run, and nobody hears how they ended',
    /** Commands concerned. */
    parameters: { share: 0.2 },
  },
  'slow-command': {
    does: 'Some commands take long, and those behind them wait',
    /** Commands concerned; how long one takes. */
    parameters: { share: 0.2, forMs: 10_000 },
  },
  'refuses-configuration': {
    does: 'Some devices refuse every configuration, and say so',
    /** Devices concerned. */
    parameters: { share: 0.2 },
  },
  'cut-off-by-configuration': {
    does: 'A configuration with "cutOff": true cuts some devices off their network, until they take it back',
    /** Devices concerned; how long a device tries to reach the server with a new configuration. */
    parameters: { share: 1, confirmMs: 5000 },
  },
} as const;

export type FaultName = keyof typeof faults;

/** Names as `muster simulate --fault` takes them. */
export const faultNames = Object.keys(faults) as FaultName[];

/** Parameters by fault, each with a default in {@link faults}. */
export type FaultParameters = {
  [N in FaultName]: { [P in keyof (typeof faults)[N]['parameters']]: number };
};

/** The faults of one run with all their parameters; absent: it does not happen. */
export type ActiveFaults = Partial<FaultParameters>;

/** @throws RangeError for a name that is not in {@link faultNames} */
export function activate(
  names: readonly FaultName[],
  changed: { [N in FaultName]?: Partial<FaultParameters[N]> } = {},
): ActiveFaults {
  return Object.fromEntries(
    names.map((name) => {
      if (!Object.hasOwn(faults, name))
        throw new RangeError(`No fault is named "${name}". Names: ${faultNames.join(', ')}.`);
      return [name, { ...faults[name].parameters, ...changed[name] }];
    }),
  );
}
