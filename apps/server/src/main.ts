import { audit } from './commands/audit.ts';
import { config } from './commands/config.ts';
import { demo } from './commands/demo.ts';
import { demoFleet } from './commands/demo-fleet.ts';
import { help } from './commands/help.ts';
import { simulateFleet } from './commands/simulate.ts';
import { start } from './commands/start.ts';
import { user } from './commands/user.ts';
import { describe } from './describe.ts';

/** Answers the exit code when the command is done. */
type Command = (args: string[]) => Promise<number>;

process.title = 'muster';
// a terminal that was closed must not turn a graceful stop into a crash
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const commands: Record<string, Command> = {
  start,
  demo,
  simulate: simulateFleet,
  user,
  audit,
  config,
  help,
  'demo-fleet': demoFleet,
};

const [first = 'help', ...args] = process.argv.slice(2);
const asksForHelp = [first, ...args].some((word) => word === '--help' || word === '-h');
const name = asksForHelp ? 'help' : first;
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
try {
  if (!command) process.stderr.write(`There is no command "${name}".\n\n`);
  process.exitCode = command ? await command(args) : await help().then(() => 2);
} catch (error) {
  process.stderr.write(`\n${describe(error)}\n\n`);
  process.exitCode = 1;
}
// a connection that lingers must not hold up the end
setTimeout(() => process.exit(), 2000).unref();
