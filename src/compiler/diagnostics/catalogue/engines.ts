import { defineDiagnostics } from "../define.js";

/** MTL74xx: engines. */
export const enginesDiagnostics = defineDiagnostics({
  MTL7401: {
    severity: "error",
    title: "unknown engine",
    message: (p: { name: string; known: readonly string[] }) =>
      `\`MTLC_ENGINE\` is \`${p.name}\`; it may be ${p.known.map((name) => `\`${name}\``).join(", ")}`,
  },
  MTL7402: {
    severity: "error",
    title: "engine that does not run here",
    message: (p: { name: string; problem: string; command: string }) =>
      `the ${p.name} engine cannot run: ${p.problem}; \`${p.command}\` installs it, \`MTLC_ENGINE=wasm\` does without`,
  },
});
