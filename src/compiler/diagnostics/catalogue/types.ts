import { defineDiagnostics } from "../define.js";

/** MTL3xxx: types and shapes. */
export const typesDiagnostics = defineDiagnostics({});
