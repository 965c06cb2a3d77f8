export { type Checkpoints, createCheckpoints } from './checkpoints.ts';
export { bindAudit } from './http.ts';
export { openAuditKey } from './signing.ts';
export { verifyAudit } from './verify.ts';
export { verifyExport } from './verify-file.ts';
