// This computer as a device: `muster-agent enroll`, `run`, `status`.
import { parseArgs } from 'node:util';
import { enroll } from './enroll.ts';
import { runAgent } from './run.ts';
import { AgentError, defaultDirectory } from './state.ts';
import { printStatus } from './status.ts';

const usage = `Makes this computer a device of Muster.

  muster-agent enroll --server https://muster.example.com --token me_…   register, once
      --id ID          default: the host name
      --name NAME      what people call it
      --mqtt URL       default: mqtts://HOST:8883 beside https, mqtt://HOST:1883 beside http
      --ca FILE        certificates (PEM) of a local authority
      --token -        reads the token from standard input, so that no list of processes shows it
  muster-agent run                                                        measure, send, obey, until SIGTERM
  muster-agent status                                                     what it is doing

  --state DIR          where it keeps everything; default: ${defaultDirectory}
`;

/** Trying again changes nothing: systemd is told not to (EX_CONFIG of sysexits.h). A crash ends with 1, and is tried again. */
const CANNOT = 78;

try {
  process.exitCode = await perform();
} catch (error) {
  if (!(error instanceof AgentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = CANNOT;
}

/** @returns the exit code */
async function perform(): Promise<number> {
  const { values, positionals } = read();
  const { state: directory = defaultDirectory, server, token, help } = values;
  const [command, ...more] = positionals;
  if (help) return print(usage, 0);
  if (more.length > 0) return print(usage, 2);
  if (command === 'run') return runAgent(directory);
  if (command === 'status') return printStatus(directory);
  if (command !== 'enroll' || !server || !token) return print(usage, 2);
  const { id, name, mqtt, ca } = values;
  await enroll({ directory, server, token, id, name, mqtt, ca });
  return 0;
}

function read() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        ...{ state: text, server: text, token: text, id: text, name: text, mqtt: text, ca: text },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new AgentError(`${(error as Error).message}\n\n${usage}`);
  }
}

function print(words: string, exitCode: number): number {
  (exitCode === 0 ? process.stdout : process.stderr).write(words);
  return exitCode;
}
