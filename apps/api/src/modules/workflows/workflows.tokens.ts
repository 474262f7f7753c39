/** The `ComponentCatalogue` of the pinned engine. */
export const CATALOGUE = Symbol('component catalogue');
