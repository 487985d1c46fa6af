/** Ensembles of regression trees: read from a text, evaluated on rows. Pure numbers: no model, no library. */
export { addTrees, type Ensemble, leafOf, missingKinds, sumOfTrees, transformed, type Tree } from "./ensemble.js";
export { readEnsemble } from "./read-ensemble.js";
