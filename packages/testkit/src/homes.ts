import { after, before, suite } from 'node:test';
import { type Home, startTestServer, type TestServer, type TestServerOptions } from './server.ts';

const homes: readonly Home[] = ['embedded', 'outside'];

/**
 * Declares the same tests over both homes of the store, each with a server of its own.
 * @param define declares the tests; `server()` is there once they run
 */
export function overBothHomes(
  what: string,
  define: (server: () => TestServer) => void,
  options: TestServerOptions = {},
): void {
  for (const home of homes) {
    suite(`${what}, in the ${home} PostgreSQL`, () => {
      let server: TestServer | undefined;
      before(async () => {
        server = await startTestServer({ ...options, home });
      });
      after(() => server?.stop());
      define(() => {
        if (!server) throw new Error('the server did not start');
        return server;
      });
    });
  }
}
