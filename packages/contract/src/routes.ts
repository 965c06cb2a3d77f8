import { accessRoutes } from './access.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { auditRoutes } from './audit.ts';
import { commandRoutes } from './commands.ts';
import { deviceApiRoutes } from './device-api.ts';
import { deviceRoutes } from './devices.ts';
import { enrollmentRoutes } from './enrollment.ts';
import { identityRoutes } from './identity.ts';
import { importRoutes } from './imports.ts';
import { invitationRoutes } from './invitations.ts';
import { liveRoutes } from './live.ts';
import { identityProviderRoutes, openidRoutes } from './openid.ts';
import { organizationRoutes } from './organizations.ts';
import { passkeyRoutes } from './passkeys.ts';
import { placeRoutes } from './places.ts';
import { secondFactorRoutes } from './second-factor.ts';
import { systemRoutes } from './system.ts';
import { telemetryRoutes } from './telemetry.ts';
import { userRoutes } from './users.ts';

/** Every route of the core, by capability. */
export const routes = {
  identity: identityRoutes,
  secondFactor: secondFactorRoutes,
  passkeys: passkeyRoutes,
  openid: openidRoutes,
  identityProviders: identityProviderRoutes,
  access: accessRoutes,
  apiKeys: apiKeyRoutes,
  users: userRoutes,
  organizations: organizationRoutes,
  invitations: invitationRoutes,
  audit: auditRoutes,
  places: placeRoutes,
  devices: deviceRoutes,
  imports: importRoutes,
  commands: commandRoutes,
  enrollment: enrollmentRoutes,
  telemetry: telemetryRoutes,
  live: liveRoutes,
  deviceApi: deviceApiRoutes,
  system: systemRoutes,
} as const;

export const API_PREFIX = '/api/v1';
