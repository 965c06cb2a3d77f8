// A reporter of node:test that writes what happened as JSON, one line each, for run-file.mjs to read. It names a test when it begins,
// so that a file which hangs can be blamed on one, and writes at once, since a loop that never yields would hold back a stream.
import { appendFileSync } from 'node:fs';
import { Transform } from 'node:stream';

/** The variable that names the file to write to. */
export const REPORT = 'MUSTER_TEST_REPORT';

/** @type {string[]} */
const path = [];

// A generator would be asked only when the event loop turns.
export default new Transform({
  writableObjectMode: true,
  transform({ type, data }, _encoding, done) {
    if (type === 'test:start') path[data.nesting] = data.name;
    else if (type === 'test:dequeue' || type === 'test:complete') write({ type, key: keyOf(data), name: data.name });
    else if (type === 'test:pass' || type === 'test:fail') write(outcome(type, data, path.slice(0, data.nesting)));
    done();
  },
});

/** @param {unknown} event */
function write(event) {
  appendFileSync(process.env[REPORT] ?? '/dev/null', `${JSON.stringify(event)}\n`);
}

/** @param {any} data */
function keyOf({ file, line: row, column, name, nesting }) {
  return `${file}:${row}:${column} ${nesting} ${name}`;
}

/** @param {string} type @param {any} data @param {string[]} parents */
function outcome(type, data, parents) {
  const { error, type: kind } = data.details;
  return {
    type,
    kind,
    name: [...parents, data.name].join(' › '),
    place: data.file && `${data.file}:${data.line}`,
    skip: data.skip,
    todo: data.todo,
    failure: error?.failureType,
    error: error && describe(error),
  };
}

/** The runner wraps what a test threw; the wrapper tells nothing. @param {any} error */
function describe(error) {
  const cause = error.cause ?? error;
  if (!(cause instanceof Error)) return typeof cause === 'string' ? cause : String(error.message);
  const chain = [];
  for (let each = /** @type {unknown} */ (cause); each instanceof Error; each = each.cause)
    chain.push(withoutInternals(each));
  return chain.join('\n  caused by: ');
}

/** @param {Error} error */
function withoutInternals(error) {
  const lines = (error.stack ?? `${error.name}: ${error.message}`).split('\n');
  return lines.filter((each) => !/^\s+at .*\(?node:internal\//.test(each)).join('\n');
}
