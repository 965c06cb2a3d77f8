export { openAuditKey, verifyAudit, verifyExport } from './audit/index.ts';
export { provisionMany } from './devices/index.ts';
export { resetPassword } from './identity/index.ts';
export { openOperator, operatorContext } from './operator.ts';
export { createPlace, createPlaceKinds, listPlaces } from './places/index.ts';
export { type Config, describeConfig, readConfig } from './platform/config.ts';
export { MusterError } from './platform/errors.ts';
export { createLog } from './platform/log.ts';
export { type Muster, startMuster } from './server.ts';
