import { defineDiagnostics } from "../define.js";

/** MTL9xxx: our own bugs. */
export const internalDiagnostics = defineDiagnostics({});
