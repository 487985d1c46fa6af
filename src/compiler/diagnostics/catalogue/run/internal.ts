import { defineDiagnostics } from "../../define.js";

/** MTL9xxx: our own bugs. */
export const internalDiagnostics = defineDiagnostics({
  MTL9001: {
    slug: "internal-error",
    severity: "error",
    title: "a bug in mtlc",
    message: (p: { problem: string; version: string }) =>
      `this is a bug in mtlc ${p.version}, please report it with the spec that shows it: ${p.problem}`,
    about:
      "The compiler or a command met a state that it should never be in. Nothing of yours is at fault, and files are left as they were.",
    fix: "Report it with the spec that shows it. `MTLC_DEBUG=1` before the command prints the trace.",
  },
});
