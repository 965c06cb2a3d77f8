export type { Reader } from './letter.ts';
export { createOutbox, isReachable, languageOf, type Outbox } from './outbox.ts';
export { createPostman } from './postman.ts';
export { createSmtp } from './smtp.ts';
