import { linuxDeviceType } from '@muster/contract/device-types/linux';
import { type DeviceType, type DeviceTypeView, genericDeviceType, type Solution } from '@muster/contract/solution';
import type { Text } from '@muster/contract/text';
import { notFound } from '../platform/errors.ts';

/** Every device type of this installation: the solutions', `linux` and `generic`. */
export interface DeviceTypes {
  byId: ReadonlyMap<string, DeviceType>;
  /** The type of this id; a type whose solution is not installed any more is taken as `generic`, so that nothing is refused. */
  typeOf(id: string): DeviceType;
  list(): DeviceTypeView[];
  /** @throws MusterError `not_found` */
  get(id: string): DeviceTypeView;
}

export function createDeviceTypes(solutions: readonly Solution[]): DeviceTypes {
  const views = new Map<string, DeviceTypeView>();
  const byId = new Map<string, DeviceType>();
  const add = (type: DeviceType, solution: string | null) => {
    byId.set(type.id, type);
    views.set(type.id, viewType(type, solution));
  };
  for (const solution of solutions) for (const type of solution.deviceTypes) add(type, solution.id);
  add(linuxDeviceType, null);
  add(genericDeviceType, null);
  return {
    byId,
    typeOf: (id) => byId.get(id) ?? genericDeviceType,
    list: () => [...views.values()],
    get(id) {
      const view = views.get(id);
      if (!view) throw notFound('device type');
      return view;
    },
  };
}

const title = (text: Text) => ({ title: text.en, titles: { ...text } });

const viewType = (type: DeviceType, solution: string | null): DeviceTypeView => ({
  id: type.id,
  ...title(type.title),
  solution,
  open: type.open === true,
  intervalMs: type.intervalMs,
  metrics: Object.fromEntries(
    Object.entries(type.metrics).map(([name, metric]) => [
      name,
      {
        ...title(metric.title),
        kind: metric.kind,
        unit: metric.unit ?? null,
        range: metric.range ? [...metric.range] : null,
        limits: metric.limits ? { ...metric.limits } : null,
        decimals: metric.decimals ?? null,
      },
    ]),
  ),
  events: Object.fromEntries(Object.entries(type.events).map(([name, event]) => [name, title(event.title)])),
  commands: { ...type.commands },
  configuration: type.configuration,
});
