import { defineDiagnostics } from "../define.js";

/** MTL4xxx: events and sample spaces. */
export const eventsDiagnostics = defineDiagnostics({});
