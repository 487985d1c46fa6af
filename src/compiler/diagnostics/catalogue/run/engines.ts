import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL74xx: engines. */
export const enginesDiagnostics = defineDiagnostics({
  MTL7401: {
    slug: "unknown-engine",
    severity: "error",
    title: "unknown engine",
    message: (p: { name: string; known: readonly string[] }) =>
      `\`MTLC_ENGINE\` is \`${p.name}\`; it may be ${joinNames(p.known, "or")}`,
    about: "`MTLC_ENGINE` or `--engine` names an engine that does not exist.",
    fix: "Use `fused`, `native`, `wasm` or `cpu`, or `onnx` or `simd` to predict; without it, the fastest one that works is used.",
    usage: true,
  },
  MTL7402: {
    slug: "unavailable-engine",
    severity: "error",
    title: "unavailable engine",
    message: (p: { name: string; problem: string; command?: string }) =>
      `the ${p.name} engine cannot run: ${p.problem}; ${p.command === undefined ? "" : `\`${p.command}\` installs it, `}\`MTLC_ENGINE=wasm\` runs without it`,
    about: "The requested engine cannot be loaded on this machine.",
    fix: "Run `mtlc doctor` for the reason and `mtlc doctor --install` to install those that train fastest, or use `MTLC_ENGINE=wasm`.",
  },
  MTL7440: {
    slug: "engine-only-predicts",
    severity: "error",
    title: "engine that only predicts",
    message: (p: { name: string; engines: readonly string[] }) =>
      `the ${p.name} engine only predicts; what trains runs on ${p.engines.join(", ")}`,
    about: "The requested engine runs predictions, and the command trains.",
    fix: "Name another engine, or unset `MTLC_ENGINE` to train on the fastest that is there.",
  },
  MTL7441: {
    slug: "no-bfloat16-products",
    severity: "error",
    title: "no products in bfloat16",
    message: (p: { problem: string }) =>
      `products in bfloat16 cannot be made: ${p.problem}; without \`--products\` they are of float32`,
    about:
      "`--products bfloat16` asks for products of matrices in bfloat16. Only steps of the engine `fused` have them, on processors with AMX or AMD's AVX-512 BF16.",
    fix: "Train without `--products`, or on another machine. `mtlc doctor --install` compiles the engine `fused`; where its compiler was too old, install GCC 11 or Clang 13, or a later one, and remove the folder `fused` of the cache before.",
  },
  MTL7450: {
    slug: "no-trace",
    severity: "error",
    title: "no trace of the native engine",
    message: (p: { problem: string }) =>
      `what the native engine does cannot be traced: ${p.problem}; \`--engine wasm\` profiles without it`,
    about:
      "`mtlc train --profile` reads the trace of TensorFlow through a small addon, which is compiled when it is first wanted, and that failed.",
    fix: "Install a C++ compiler (`g++`, or set `CXX`), or profile the steps of another engine with `--engine wasm`.",
  },
  MTL7451: {
    slug: "no-steps",
    severity: "error",
    title: "training without steps",
    message: (p: { name: string }) =>
      `\`${p.name}\` is trees, which LightGBM grows: it takes no steps that a profile could be of`,
    about: "`mtlc train --profile` is about the steps of a network, and the spec's model is an ensemble of trees.",
    fix: "Profile a spec with a network.",
  },
});
