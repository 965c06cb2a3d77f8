export { bindCommands } from './http.ts';
export { createCommands } from './service.ts';
