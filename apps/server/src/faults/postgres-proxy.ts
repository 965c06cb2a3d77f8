import { createServer, connect as openSocket, type Server, type Socket } from 'node:net';

/** What the proxy does to the answer of a committed COPY. */
export type Doubt =
  /** Both ends are cut: the answer is lost on its way. */
  | 'cut'
  /** Only Muster's end is cut: the backend lives on, as behind a firewall that forgot the connection. */
  | 'half-open'
  /** Muster's end is cut before the COPY's end reaches PostgreSQL, which gets it later: the commit is still to come. */
  | 'late';

export interface PostgresProxy extends AsyncDisposable {
  readonly port: number;
  /**
   * Does this to the next COPY that ends, or (but `late`) to the next command of another kind whose statement has these words
   * in it, after letting so many of them pass. Resolves when it is done.
   */
  doubtNext(
    how: Doubt,
    command?: 'COPY' | 'COMMIT' | 'INSERT' | 'SELECT',
    words?: string,
    pass?: number,
  ): Promise<void>;
  /** Holds back the end of the next COPY. Resolves when it does, with the function that lets it go on. */
  holdNext(): Promise<() => void>;
}

const COPY_DONE = 0x63; // 'c', from the client
// from the client: a statement with its parameters apart, and one without any
const [PARSE, QUERY] = [0x50, 0x51]; // 'P', 'Q'
const COMMAND_COMPLETE = 0x43; // 'C', from the server
/** How long the end of a COPY is held back: long enough that Muster is at its next attempt by then. */
const LATE_MS = 150;

/** A TCP proxy before the socket of a PostgreSQL that knows when a COPY is committed. */
export async function startPostgresProxy(socketPath: string): Promise<PostgresProxy> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let wanted: { how: Doubt; command: string; words: string; pass: number; done: () => void } | undefined;
  let wantedHold: ((goOn: () => void) => void) | undefined;

  function take(): Doubt | undefined {
    const taken = wanted;
    wanted = undefined;
    taken?.done();
    return taken?.how;
  }

  function join(near: Socket): void {
    const far = openSocket(socketPath);
    const pair = { near, far };
    let doubted = false;
    let statement = '';
    pairs.add(pair);
    const fromClient = messages(true);
    const fromServer = messages(false);
    near.on('data', (chunk) => {
      let hold: typeof wantedHold;
      const at = fromClient(chunk, (type, text) => {
        if (type === PARSE || type === QUERY) statement = text;
        if (type !== COPY_DONE) return false;
        [hold, wantedHold] = [wantedHold, undefined];
        return hold !== undefined || (wanted?.how === 'late' && take() === 'late');
      });
      if (at === undefined) return void far.write(chunk);
      if (hold) {
        far.write(chunk.subarray(0, at));
        return hold(() => void far.write(chunk.subarray(at)));
      }
      far.write(chunk.subarray(0, at));
      doubted = true;
      near.destroy();
      setTimeout(() => far.write(chunk.subarray(at)), LATE_MS);
    });
    far.on('data', (chunk) => {
      let how: Doubt | undefined;
      const at = fromServer(chunk, (type, text) => {
        const isWanted =
          wanted && wanted.how !== 'late' && text.startsWith(wanted.command) && statement.includes(wanted.words);
        if (type === COMMAND_COMPLETE && isWanted && wanted && wanted.pass-- === 0) how = take();
        return how !== undefined;
      });
      if (at === undefined) return void (near.destroyed || near.write(chunk));
      doubted = how === 'half-open';
      near.destroy();
    });
    // a client that goes takes its connection along, unless that is to live on
    near.on('close', () => doubted || far.destroy());
    far.on('close', () => {
      near.destroy();
      pairs.delete(pair);
    });
    for (const socket of [near, far]) socket.on('error', () => undefined);
  }

  const server: Server = createServer({ noDelay: true }, join);
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return {
    port: (server.address() as { port: number }).port,
    doubtNext: (how, command = 'COPY', words = '', pass = 0) =>
      new Promise((resolve) => {
        wanted = { how, command, words, pass, done: resolve };
      }),
    holdNext: () =>
      new Promise((resolve) => {
        wantedHold = resolve;
      }),
    async [Symbol.asyncDispose]() {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Follows the messages of one direction: a byte for the type (which the client's first one lacks), four for the length.
 * @returns a function that answers where in the chunk the first message begins that `isWanted` says yes to
 */
function messages(fromClient: boolean) {
  let untyped = fromClient;
  let rest = Buffer.alloc(0);
  /** Bytes of a long message that are still to come. */
  let skip = 0;
  return (chunk: Buffer, isWanted: (type: number, text: string) => boolean): number | undefined => {
    let at = Math.min(skip, chunk.length);
    skip -= at;
    const carried = rest.length;
    const bytes = Buffer.concat([rest, chunk.subarray(at)]);
    const offset = at - carried;
    rest = Buffer.alloc(0);
    at = 0;
    while (at < bytes.length) {
      const head = untyped ? 4 : 5;
      if (bytes.length - at < head) break;
      const length = bytes.readUInt32BE(at + head - 4) + head - 4;
      // what is looked for is short; the middle of a long one need not be kept
      const text = bytes.toString('latin1', at + head, Math.min(at + length, bytes.length));
      if (!untyped && isWanted(bytes[at] as number, text)) return Math.max(0, at + offset);
      untyped = false;
      if (at + length > bytes.length) {
        skip = at + length - bytes.length;
        return undefined;
      }
      at += length;
    }
    rest = bytes.subarray(at);
    return undefined;
  };
}
