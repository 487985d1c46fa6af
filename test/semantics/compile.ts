import { readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec, type Compilation } from "../../src/compiler/compile.js";
import { renderPretty } from "../../src/compiler/diagnostics/index.js";

export const root = resolve(import.meta.dirname, "../..");

/** Compiles a file of the repository; paths in messages are relative to it. */
export function compileFile(path: string): Compilation {
  return compileSpec(relative(root, path), {
    readFile: (name) => {
      try {
        return readFileSync(join(root, name), "utf8");
      } catch {
        return undefined;
      }
    },
  });
}

/** Compiles a text as `m.mtl`, with other files beside it. */
export function compileText(text: string, others: Readonly<Record<string, string>> = {}): Compilation {
  return compileSpec("m.mtl", createMemoryHost({ ...others, "m.mtl": text }));
}

/** The codes that a text gives, in the order of their places. */
export function codesOf(text: string): readonly string[] {
  return compileText(text).diagnostics.map(({ code }) => code);
}

export function messagesOf({ diagnostics, sources }: Compilation): string {
  return renderPretty(diagnostics, sources);
}

/** A small sound spec with sections to replace. */
export function smallSpec(
  parts: Partial<Record<"features" | "labels" | "network" | "heads" | "rest", string>> = {},
): string {
  const {
    features = "features { age: numeric }",
    labels = "labels {\n  click: event\n  buy: event within click\n}",
    network = "input x = [age]\ntower t = mlp(x, [8])",
    heads = "task ctr: P(click) = sigmoid(logit(t))\ntask cvr: P(buy | click) = sigmoid(logit(t))\nchain ctcvr = ctr * cvr",
    rest = "loss {\n  ctr: bce\n  ctcvr: bce\n}",
  } = parts;
  return ["model m", features, labels, network, heads, rest, ""].join("\n\n");
}

/** The codes of a text's errors, warnings left out. */
export function errorsOf(text: string, others: Readonly<Record<string, string>> = {}): readonly string[] {
  return compileText(text, others)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code }) => code);
}
