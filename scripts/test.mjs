// `npm test`: the checks of `npm run verify`, the server's tests, and the paths through the web app in a real browser.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explain } from './lib/advice.mjs';
import { endChildrenOnSignal } from './lib/child.mjs';
import { readOptions } from './testing/options.mjs';
import { runAll } from './testing/run-all.mjs';
import { abandonFiles } from './testing/run-file.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
endChildrenOnSignal(abandonFiles);

try {
  const { passed, failures, skips, notes } = await runAll(root, readOptions(process.argv.slice(2)));
  for (const { title, detail } of failures) print(`\n✗ ${title}`, indent(detail));
  if (notes.length > 0) print('', ...notes);
  if (skips.length > 0)
    print(`\nSkipped: ${skips.length}`, ...skips.map(({ title, reason }) => `  ${title}: ${reason}`));
  print(`\n${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

/** @param {...string} lines */
function print(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** @param {string} text */
function indent(text) {
  return text.replace(/^/gm, '  ');
}
