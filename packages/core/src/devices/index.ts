export { createDeviceConnections } from './connections.ts';
export { bindDevices } from './http.ts';
export { bindDeviceApi } from './http-device.ts';
export { createPresence } from './presence.ts';
export { provisionMany } from './provision-many.ts';
export { createRegistry, type Registry } from './registry.ts';
export { createDeviceTypes } from './types.ts';
export type { LiveState } from './view.ts';
