import { defineDiagnostics } from "../define.js";

/** MTL6xxx: warnings: unused, unreachable, duplicate. */
export const lintDiagnostics = defineDiagnostics({});
