import { defineDiagnostics } from "../define.js";

/** MTL7xxx: data and artifacts at run time. */
export const dataDiagnostics = defineDiagnostics({});
