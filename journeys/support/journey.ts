import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import type { Tokens } from '@muster/contract/identity';
import { type Api, bodyOf, createApi } from '@muster/testkit/api';
import { type MailServer, startMailServer } from '@muster/testkit/mail';
import { connectDevice, type DeviceClient } from '@muster/testkit/mqtt';
import { type ServerProcess, startServerProcess } from '@muster/testkit/server-process';
import { until } from '@muster/testkit/until';
import type { Browser, BrowserContextOptions, Disposable } from 'playwright-core';
import { launchChromium } from './chromium.ts';
import { type DeviceWish, type MadeDevice, makeDevice } from './devices.ts';
import { type Link, layLink } from './link.ts';
import { createVisits, type Visit } from './visit.ts';

const apps = join(import.meta.dirname, '../../apps');
const main = join(apps, 'server/src/main.ts');
const commands = { new: 'start', demo: 'demo' } as const;
const LOG_LINES = 40;
const withoutOwner = { MUSTER_OWNER_USERNAME: '', MUSTER_OWNER_PASSWORD: '', MUSTER_ORGANIZATION: '' };

export interface JourneyOptions {
  /** `new` waits for its setup, and `api` calls as nobody; `demo` is what `npm run demo` starts. */
  installation?: 'owned' | 'new' | 'demo';
  /** With a mail server of its own. */
  mail?: boolean;
  /** Further environment variables of the server. */
  environment?: Record<string, string>;
  /** What must be there before the first test. */
  prepare?: (journey: Journey) => Promise<void>;
}

/** Who may do everything; `username` is empty while there is nobody. */
export interface Owner {
  username: string;
  password: string;
}

/** The product as it is run, with a browser in front of it. There while the tests of a file run. */
export interface Journey {
  readonly server: ServerProcess;
  readonly owner: Owner;
  /** What takes the server's mail. */
  readonly mail: MailServer;
  /** Between the browser and the server. */
  readonly link: Link;
  /** Calls as the owner, past the link. */
  readonly api: Api;
  /** A person who is signed in looks at a page, whose heading is there by then. */
  visit(path: string, options?: BrowserContextOptions): Promise<Visit>;
  /** A person who is not signed in. */
  visitAsStranger(path: string, options?: BrowserContextOptions): Promise<Visit>;
  makeDevice(wish: DeviceWish): Promise<MadeDevice>;
  /** A device's own MQTT connection. */
  connect(device: MadeDevice): Promise<DeviceClient>;
}

/**
 * Starts server and browser before the tests of a file and ends them after it. A test fails when one of its pages printed
 * an error, broke the content policy or asked another host, unless it said before that it would.
 */
export function useJourney({
  installation = 'owned',
  mail: sendsMail = false,
  environment = {},
  prepare,
}: JourneyOptions = {}): Journey {
  let mail: MailServer | undefined;
  let server: ServerProcess | undefined;
  let owner: Owner | undefined;
  let browser: Browser | undefined;
  let link: Link | undefined;
  let api: Api | undefined;
  const visits = createVisits();

  async function start(): Promise<void> {
    if (!existsSync(join(apps, 'web/dist/index.html'))) {
      throw new Error('The web app is not built: run this through `npm test -- --only=browser`, which builds it.');
    }
    if (sendsMail) mail = await startMailServer();
    const env = {
      ...(mail ? { MUSTER_SMTP_URL: mail.url, MUSTER_MAIL_FROM: 'Muster <muster@acme.example>' } : {}),
      ...environment,
    };
    const [served, shown] = await Promise.allSettled([
      startServerProcess(
        installation === 'owned'
          ? { env }
          : { env: { ...withoutOwner, ...env }, command: [main, commands[installation]] },
      ),
      launchChromium(),
    ]);
    if (served.status === 'fulfilled') server = served.value;
    if (shown.status === 'fulfilled') browser = shown.value;
    for (const part of [served, shown]) if (part.status === 'rejected') throw part.reason;
    link = await layLink(journey.server.http);
    owner = await ownerOf(journey.server, installation);
    api = await callAs(owner, journey.server.http);
    await prepare?.(journey);
  }
  before(start);
  afterEach(async (context) => {
    const failed = 'passed' in context && !context.passed;
    const notes = await visits.close(failed);
    if (failed) {
      const log = server?.log().trimEnd().split('\n').slice(-LOG_LINES) ?? [];
      process.stderr.write(`${[...notes, "── the server's log", ...log].join('\n')}\n`);
    } else assert.deepEqual(notes, [], 'faults in the pages');
  });
  after(async () => {
    // the demo ends its fleet; killed, it would leave it behind for a while
    if (installation === 'demo') await server?.stop();
    await Promise.all([browser?.close(), link?.close(), server?.[Symbol.asyncDispose]()]);
    await mail?.close();
  });

  const open = async (path: string, options: BrowserContextOptions, prepared?: (visit: Visit) => Promise<void>) => {
    const visit = await visits.open(there(browser), options.baseURL ?? journey.link.origin, options);
    await prepared?.(visit);
    await visit.page.goto(path);
    return visit;
  };
  const journey: Journey = {
    get server() {
      return there(server);
    },
    get owner() {
      return there(owner);
    },
    get mail() {
      return there(mail);
    },
    get link() {
      return there(link);
    },
    get api() {
      return there(api);
    },
    visitAsStranger: (path, options = {}) => open(path, options),
    async visit(path, options = {}) {
      const { username, password } = journey.owner;
      let hint: Disposable | undefined;
      const visit = await open(path, options, async ({ context, page }) => {
        const answer = await context.request.post('/api/v1/auth/login', { data: { username, password } });
        assert.equal(answer.status(), 200, await answer.text());
        hint = await page.addInitScript({ content: "localStorage.setItem('muster-signed-in', '1')" });
      });
      await hint?.dispose();
      await visit.page.getByRole('heading', { level: 1 }).waitFor();
      return visit;
    },
    makeDevice: (wish) => makeDevice(journey.api, journey.server.http, wish),
    connect: (device) => connectDevice(journey.server.mqtt, device),
  };
  return journey;
}

function there<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the journey has not started');
  return part;
}

/** The demo keeps the password that it made beside its data. */
async function ownerOf({ dataDir, owner }: ServerProcess, installation: string): Promise<Owner> {
  if (installation === 'owned') return owner;
  if (installation === 'new') return { username: '', password: '' };
  const kept = () => readFile(join(dataDir, 'demo-sign-in'), 'utf8');
  return { username: 'demo', password: (await until(kept, 'the demo has made its sign-in')).trim() };
}

async function callAs({ username, password }: Owner, http: string): Promise<Api> {
  const anybody = createApi(() => http);
  if (username === '') return anybody;
  const signIn = () => bodyOf(anybody.post<Tokens>('/auth/login', { username, password }), 200);
  const { accessToken } = await until(signIn, 'the owner may sign in');
  return createApi(
    () => http,
    () => accessToken,
  );
}
