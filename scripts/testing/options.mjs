import { advice } from '../lib/advice.mjs';

const parts = ['verify', 'server', 'browser'];

/** @typedef {{ filters: string[], parts: string[] }} Options `parts` names what is to run */

/**
 * Reads the arguments of `npm test -- …`.
 *
 * @param {string[]} args
 * @returns {Options} throws advice on an unknown option
 */
export function readOptions(args) {
  const filters = args.filter((arg) => !arg.startsWith('-'));
  const only = args.filter((arg) => arg.startsWith('-')).map((arg) => /^--only=(\w+)$/.exec(arg)?.[1] ?? arg);
  const unknown = only.filter((part) => !parts.includes(part));
  if (unknown.length > 0) {
    throw advice(
      `Unknown option ${unknown.join(' ')}.`,
      'npm test -- [part of a path …] [--only=server|browser|verify]',
    );
  }
  if (only.length > 0) return { filters, parts: only };
  return { filters, parts: filters.length > 0 ? ['server', 'browser'] : parts };
}
