import { defineDiagnostics } from "../define.js";

/** MTL5xxx: fusion ranges and rules. */
export const rangesDiagnostics = defineDiagnostics({});
