const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * Runs one step of the set-up and shows it as one line with its seconds, on stderr so that the output of a command stays clean.
 *
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const end = process.stderr.isTTY ? spin(title, seconds) : announce(title, seconds);
  try {
    const result = await work();
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}

/** @param {string} title @param {() => string} seconds */
function spin(title, seconds) {
  let frame = 0;
  const draw = (/** @type {string} */ mark) => process.stderr.write(`\r\u001b[K${mark} ${title}  ${seconds()}`);
  const timer = setInterval(() => draw(frames[frame++ % frames.length] ?? ''), 100);
  return (/** @type {string} */ mark) => {
    clearInterval(timer);
    draw(mark);
    process.stderr.write('\n');
  };
}

/** @param {string} title @param {() => string} seconds */
function announce(title, seconds) {
  process.stderr.write(`${title} … `);
  return (/** @type {string} */ mark) => process.stderr.write(`${mark} ${seconds()}\n`);
}
