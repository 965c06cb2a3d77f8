/**
 * An expected failure: what is wrong and what to do about it. It is shown without a stack.
 *
 * @param {string} message what is wrong, one sentence
 * @param {...string} todo what helps, one line each
 * @returns {Error & { advice: string[] }}
 */
export function advice(message, ...todo) {
  return Object.assign(new Error(message), { advice: todo });
}

/**
 * The text a person reads when a command cannot go on.
 *
 * @param {unknown} error
 */
export function explain(error) {
  if (!(error instanceof Error)) return String(error);
  if (!('advice' in error) || !Array.isArray(error.advice)) return error.stack ?? error.message;
  return [error.message, ...error.advice.map((line) => `  ${line}`)].join('\n');
}
