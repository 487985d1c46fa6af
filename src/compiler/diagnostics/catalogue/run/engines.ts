import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL74xx: engines. */
export const enginesDiagnostics = defineDiagnostics({
  MTL7401: {
    slug: "unknown-engine",
    severity: "error",
    title: "unknown engine",
    message: (p: { name: string; known: readonly string[] }) =>
      `\`MTLC_ENGINE\` is \`${p.name}\`; it may be ${joinNames(p.known)}`,
    about: "`MTLC_ENGINE` or `--engine` names an engine that does not exist.",
    fix: "It may be `native`, `wasm` or `cpu`; without it, the fastest that works is used.",
    usage: true,
  },
  MTL7402: {
    slug: "unavailable-engine",
    severity: "error",
    title: "unavailable engine",
    message: (p: { name: string; problem: string; command: string }) =>
      `the ${p.name} engine cannot run: ${p.problem}; \`${p.command}\` installs it, \`MTLC_ENGINE=wasm\` does without`,
    about: "The engine that was asked for cannot be loaded on this machine.",
    fix: "`mtlc doctor` says why, and `mtlc doctor --install` gets the native one; `MTLC_ENGINE=wasm` does without.",
  },
});
