export { bindEnrollment } from './http.ts';
export { createEnrollmentTokens } from './open.ts';
