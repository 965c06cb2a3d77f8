export { createRateMeter } from './figures.ts';
export { createHealth } from './health.ts';
export { bindSystem } from './http.ts';
export { createInstallationReader } from './installation.ts';
export { createHttpHistogram, createMetrics, openMetricsToken } from './metrics.ts';
