/** The library, with the first passkey that is asked for: many installations have none, and it takes 25 MB. */
export const webauthn = (): Promise<typeof import('@simplewebauthn/server')> => import('@simplewebauthn/server');
