// The commands of package.json: `node scripts/run.mjs start|demo|test|verify|bench …`.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram, runServer } from './lib/command.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = 'start', ...args] = process.argv.slice(2);

if (command === 'verify') await runProgram(root, { script: 'scripts/verify.mjs', args, web: false });
else if (command === 'test') await runProgram(root, { script: 'scripts/test.mjs', args, web: false });
else if (command === 'bench') await runProgram(root, { script: 'bench/run.ts', args, web: true });
else await runServer(root, [command, ...args]);
