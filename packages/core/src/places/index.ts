export { createPlace } from './create.ts';
export { bindPlaces } from './http.ts';
export { listPlaces } from './list.ts';
export { placeIdsBelow, placesBelow, scopeOfPlace } from './tree.ts';
