export { bindImports } from './http.ts';
