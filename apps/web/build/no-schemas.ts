import type { Plugin } from 'vite';

const NAME = '\0muster:no-schemas';

/** Building a schema of schemas gives a schema; reading one is a mistake that shows at once. */
const code = `
const schema = new Proxy({}, {
  get() { throw new TypeError('The web app carries no schemas: the server validates. See apps/web/build/no-schemas.ts.'); },
});
export default new Proxy({}, { get: () => () => schema });
`;

/**
 * Leaves TypeBox out of the web app, about 30 kB gzipped: here the contract's schemas only give types, which are gone after
 * type stripping, and nothing reads them at run time.
 */
export const noSchemas = (): Plugin => ({
  name: 'muster:no-schemas',
  enforce: 'pre',
  resolveId: (id) => (id === 'typebox' ? { id: NAME, moduleSideEffects: false } : null),
  load: (id) => (id === NAME ? code : null),
});
