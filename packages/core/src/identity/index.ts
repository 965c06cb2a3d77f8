export { bearerOf, bindIdentity, callerOf } from './http.ts';
export { createSessions, type Sessions } from './sessions.ts';
export { createSetup, type Setup } from './setup.ts';
export { createThrottle } from './throttle.ts';
export { type AccessClaims, type AccessTokens, openAccessTokens } from './tokens.ts';
export { bindUsers } from './users/http.ts';
