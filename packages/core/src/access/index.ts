export { type AccessCatalogue, createAccessCatalogue } from './catalogue.ts';
export {
  addUp,
  covers,
  type Held,
  type HeldRole,
  holdingOf,
  type RoleAssignment,
  readHeldRoles,
  readOwnRoles,
} from './grants.ts';
export { bindAccess } from './http.ts';
