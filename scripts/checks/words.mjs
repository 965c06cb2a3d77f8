import { projectFiles, textOf } from './project-files.mjs';

/** Paths of somebody's own machine; they work nowhere else. */
const ownMachine = /(?<![\w.@:-])\/(?:work|home\/(?!node\b)[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\/[\w.-]/;
/** Addresses of a registry bind an installation to the network it was made in. */
const registry = /"resolved": "https?:/;

/**
 * Committed files that name a path of one machine, or a lock file that names a registry.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function checkWords(root) {
  const files = await projectFiles(root);
  return files.flatMap((file) => {
    const text = textOf(root, file);
    if (text === undefined) return [];
    const rule = file === 'package-lock.json' ? registry : ownMachine;
    return text
      .split('\n')
      .flatMap((line, index) => (rule.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 160)}`] : []));
  });
}
