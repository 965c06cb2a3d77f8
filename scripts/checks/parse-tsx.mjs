// Loaded before dependency-cruiser: its swc parser reads every file as plain TypeScript and stops at the first JSX element,
// and its walk through what was parsed does not know `using`.
import { readFileSync } from 'node:fs';
import swc from '@swc/core';

const { parseSync } = swc;
const USING = /\b(?:await )?using (?=[\w$]+ =)/g;

/** @type {any} */ (swc).parseFileSync = (/** @type {string} */ file, /** @type {object} */ options) => {
  const source = readFileSync(file, 'utf8').replace(USING, 'const ');
  return parseSync(source, /** @type {any} */ ({ ...options, tsx: file.endsWith('.tsx') }));
};
