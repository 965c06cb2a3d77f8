export type { Channel } from './channel.ts';
export type { DeviceIdentity } from './channels.ts';
export { qualityWord, type Refusal } from './check.ts';
export type { StoredMessage } from './derive.ts';
export type { NewEvent } from './device-events.ts';
export { bindTelemetry } from './http.ts';
export type { Outcome } from './ingest.ts';
export { createTelemetry, type Telemetry } from './service.ts';
