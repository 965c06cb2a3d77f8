import { accessRoutes } from './access.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { auditRoutes } from './audit.ts';
import { deviceApiRoutes } from './device-api.ts';
import { deviceRoutes } from './devices.ts';
import { identityRoutes } from './identity.ts';
import { liveRoutes } from './live.ts';
import { identityProviderRoutes, openidRoutes } from './openid.ts';
import { placeRoutes } from './places.ts';
import { secondFactorRoutes } from './second-factor.ts';
import { systemRoutes } from './system.ts';
import { telemetryRoutes } from './telemetry.ts';
import { userRoutes } from './users.ts';

/** Every route of the core, by capability. */
export const routes = {
  identity: identityRoutes,
  secondFactor: secondFactorRoutes,
  openid: openidRoutes,
  identityProviders: identityProviderRoutes,
  access: accessRoutes,
  apiKeys: apiKeyRoutes,
  users: userRoutes,
  audit: auditRoutes,
  places: placeRoutes,
  devices: deviceRoutes,
  telemetry: telemetryRoutes,
  live: liveRoutes,
  deviceApi: deviceApiRoutes,
  system: systemRoutes,
} as const;

export const API_PREFIX = '/api/v1';
