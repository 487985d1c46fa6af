import { defineDiagnostics } from "../define.js";

/** MTL9xxx: our own bugs. */
export const internalDiagnostics = defineDiagnostics({
  MTL9001: {
    severity: "error",
    title: "bug in mtlc",
    message: (p: { problem: string; version: string }) =>
      `this is a bug in mtlc ${p.version}, please report it with the spec that shows it: ${p.problem}`,
  },
});
