/** What may be done, as `resource:action`. Roles collect them; every route, topic and live channel names the one it needs. */
export const permissions = {
  'organization:read': 'See the organization and its settings',
  'organization:write': 'Change the organization and its settings',
  'place:read': 'See places',
  'place:write': 'Create, change, move and delete places',
  'device:read': 'See devices',
  'device:write': 'Create, change and delete devices',
  'device:credential': 'Make and rotate device tokens',
  'telemetry:read': 'Read measured values, events and the ledger',
  'system:read': 'See health, figures and metrics of the installation',
} as const;

export type Permission = keyof typeof permissions;
