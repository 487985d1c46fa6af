/**
 * The compiler's stages on specs of 100, 1,000 and 10,000 lines: milliseconds, MB/s, and how time grows with length. A
 * ratio of 1 is linear growth: ten times the lines, ten times the time.
 */
import { Reporter } from "../src/compiler/diagnostics/index.js";
import { format } from "../src/compiler/format/index.js";
import { createMemoryHost } from "../src/compiler/host.js";
import { compileSpec, type Compilation } from "../src/compiler/compile.js";
import { check, expand } from "../src/compiler/semantics/index.js";
import { stdReleases } from "../src/compiler/std/index.js";
import { lex } from "../src/compiler/syntax/lexer.js";
import { parse } from "../src/compiler/syntax/index.js";
import { createSourceFile, resolvePath } from "../src/compiler/text/index.js";
import { largeSpec } from "./large-spec.js";
import { machine, print, printTable } from "./report.js";

export const summary = "lex, parse, check, format and compile: ms and MB/s by spec length";

const sizes = [100, 1_000, 10_000] as const;

/** A stage on a text; what it returns is looked at, so that nothing of it can be left out. */
type Stage = (text: string) => unknown;

const stages: Readonly<Record<string, Stage>> = {
  lex: (text) => lex(createSourceFile("m.mtl", text), new Reporter()).tokens.length,
  parse: (text) => parse(createSourceFile("m.mtl", text)).spec.declarations.length,
  check: (text) => {
    const { spec } = parsed(text);
    const expanded = expand("m.mtl", {
      files: new Map([["m.mtl", spec]]),
      resolve: resolvePath,
      editions: new Map(),
      std: stdReleases,
    });
    return check(expanded.spec, { macros: expanded.macros }).model?.heads.length;
  },
  format: (text) => format(text),
  "whole compile": (text) => compile(text).hash,
};

function compile(text: string): Compilation {
  return compileSpec("m.mtl", createMemoryHost({ "m.mtl": text }));
}

const trees = new Map<string, ReturnType<typeof parse>>();

/** The tree of a text, made once: checking is measured without parsing. */
function parsed(text: string): ReturnType<typeof parse> {
  const found = trees.get(text) ?? parse(createSourceFile("m.mtl", text));
  trees.set(text, found);
  return found;
}

interface Times {
  /** Of the fastest run, in milliseconds. */
  readonly wall: number;
  /** The least time of the processor: what else the machine does is not in it, the collector's threads are. */
  readonly cpu: number;
}

async function measure(stage: Stage, text: string, budget: number): Promise<Times> {
  let [wall, cpu] = [Infinity, Infinity];
  const start = performance.now();
  for (let i = 0; i < 3 || (performance.now() - start < budget && i < 200); i++) {
    const [from, used] = [performance.now(), process.cpuUsage()];
    await stage(text);
    const { user, system } = process.cpuUsage(used);
    wall = Math.min(wall, performance.now() - from);
    cpu = Math.min(cpu, (user + system) / 1000);
  }
  return { wall, cpu };
}

export async function run(): Promise<void> {
  const texts = sizes.map(largeSpec);
  for (const text of texts) {
    const errors = compile(text).diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length > 0) throw new Error(`the measured spec is not sound: ${errors[0]?.message ?? ""}`);
  }
  const rows: string[][] = [
    ["stage", ...texts.map((text) => `${text.split("\n").length - 1} lines`), "MB/s", "growth ×10", "growth ×100"],
  ];
  for (const [name, stage] of Object.entries(stages)) {
    // Warm: what runs once in an editor's life is not the question here.
    for (const text of texts.slice(0, 2)) await measure(stage, text, 300);
    const times: Times[] = [];
    for (const text of texts) times.push(await measure(stage, text, 1_500));
    const perByte = times.map(({ cpu }, i) => cpu / (texts[i]?.length ?? 1));
    const [small = NaN, middle = NaN, large = NaN] = perByte;
    rows.push([
      name,
      ...times.map(({ wall }) => `${wall.toFixed(wall < 10 ? 2 : 0)} ms`),
      ((texts.at(-1)?.length ?? 0) / 1e3 / (times.at(-1)?.wall ?? NaN)).toFixed(2),
      (middle / small).toFixed(2),
      (large / small).toFixed(2),
    ]);
  }
  printTable(rows);
  print();
  print("growth: time of the processor per byte against the smallest spec; 1 is linear");
  print("what grows is the collector's share: a long file's tree outgrows its young generation");
  print(machine());
}
