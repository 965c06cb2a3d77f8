const systems = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]);
const processors = new Set(['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']);

/** @typedef {Record<string, any>} Packages the `packages` of a package-lock.json, by path */

/**
 * The platform packages a lock file promises but does not list. npm leaves out what the registry it was made with did not hold, and
 * `npm ci` then refuses the file on every machine.
 *
 * @param {Packages} packages
 * @returns {Packages} entries to add, by path; platform and C library are read from the package's name
 */
export function findGaps(packages) {
  /** @type {Packages} */
  const gaps = {};
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isListed(packages, path, name)) continue;
      gaps[`node_modules/${name}`] = describe(name, version, entry.dev === true);
    }
  }
  return gaps;
}

/** Node looks in the package's own node_modules first and then outwards. @param {Packages} packages @param {string} path @param {string} name */
function isListed(packages, path, name) {
  for (let place = path; ; place = place.slice(0, place.lastIndexOf('/node_modules/'))) {
    if (packages[`${place}${place && '/'}node_modules/${name}`]) return true;
    if (!place.includes('/node_modules/')) return packages[`node_modules/${name}`] !== undefined;
  }
}

/** @param {string} name @param {unknown} version @param {boolean} dev */
function describe(name, version, dev) {
  const words = name.split(/[/-]/);
  const cpu = words.filter((word) => processors.has(word));
  const os = words.filter((word) => systems.has(word));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : [];
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev && { dev }),
    ...(libc.length > 0 && os.includes('linux') && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}
