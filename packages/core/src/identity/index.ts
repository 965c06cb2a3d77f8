export { bindApiKeys } from './api-keys/http.ts';
export { createApiKeys } from './api-keys/open.ts';
export { bearerOf, createIdentify, type Identified, type Identify } from './callers.ts';
export { bindIdentity } from './http.ts';
export { createSessions } from './sessions.ts';
export { createSetup, type Setup } from './setup.ts';
export { createThrottle } from './throttle.ts';
export { openAccessTokens } from './tokens.ts';
export { bindUsers } from './users/http.ts';
