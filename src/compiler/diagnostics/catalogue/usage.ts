import { defineDiagnostics } from "../define.js";

/** MTL8xxx: command line and diff. */
export const usageDiagnostics = defineDiagnostics({});
