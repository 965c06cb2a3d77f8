export { bindEnrollment } from './http.ts';
export { createEnrollmentTokens, type EnrollmentTokens } from './open.ts';
