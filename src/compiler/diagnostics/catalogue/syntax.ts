import { defineDiagnostics } from "../define.js";

/** MTL1xxx: the text does not parse. */
export const syntaxDiagnostics = defineDiagnostics({});
