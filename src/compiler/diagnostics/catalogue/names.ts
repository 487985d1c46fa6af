import { defineDiagnostics } from "../define.js";

/** MTL2xxx: names and imports. */
export const namesDiagnostics = defineDiagnostics({});
