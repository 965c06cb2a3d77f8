import type { PlaceKind } from '@muster/contract/solution';
import { countByRule, type DeviceGroup, fullFault, roleFault } from '../places/index.ts';
import type { Fault } from '../platform/errors.ts';

/** What is wrong with these devices in a place of this kind. */
export const checkGroups = (kind: PlaceKind | undefined, name: string, groups: readonly DeviceGroup[]): Fault[] =>
  (kind?.devices ?? []).flatMap((rule) => {
    const { found, astray } = countByRule(rule, groups);
    return [
      ...(found > (rule.most ?? Infinity) ? [fullFault('/kind', name, rule)] : []),
      ...(astray > 0 ? [roleFault('/kind', rule)] : []),
    ];
  });
