export type { Reader } from './letter.ts';
export { createOutbox, isReachable, languageOf, type Outbox } from './outbox.ts';
export { createPostman, type Postman } from './postman.ts';
export { createSmtp } from './smtp.ts';
