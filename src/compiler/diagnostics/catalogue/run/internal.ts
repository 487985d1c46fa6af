import { defineDiagnostics } from "../../define.js";

/** MTL9xxx: bugs in mtlc. */
export const internalDiagnostics = defineDiagnostics({
  MTL9001: {
    slug: "internal-error",
    severity: "error",
    title: "internal error",
    message: (p: { problem: string; version: string }) =>
      `this is a bug in mtlc ${p.version}; please report it with the spec that shows it: ${p.problem}`,
    about:
      "The compiler or a command is in a state that should be impossible. It is not an error in your spec or data, and files are unchanged.",
    fix: "Report it with the spec that shows it. `MTLC_DEBUG=1` before the command prints the trace.",
  },
});
