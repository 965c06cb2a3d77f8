// `npm run verify`: everything that can be checked without starting anything, in seconds.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChecks } from './checks/run.mjs';
import { endChildrenOnSignal } from './lib/child.mjs';

endChildrenOnSignal();
const { passed, failures } = await runChecks(dirname(dirname(fileURLToPath(import.meta.url))));
for (const { title, detail } of failures) process.stdout.write(`\n── ${title}\n${detail}\n`);
process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`);
process.exit(failures.length > 0 ? 1 : 0);
