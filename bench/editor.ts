/**
 * How fast the language server answers on a large spec while it is typed in: every request after a key stroke of its own,
 * so that each pays for the parse and the check of a new text. Prints the median and the 99th percentile by request.
 */
import { loadavg } from "node:os";
import { createWorkspace, type Workspace } from "../src/server/workspace.js";
import { createAnalysis, type Analysis } from "../src/server/analysis/analysis.js";
import { actionsAt } from "../src/server/features/code-actions.js";
import { completionAt } from "../src/server/features/completion.js";
import { definitionAt } from "../src/server/features/definition.js";
import { diagnosticsOf } from "../src/server/features/diagnostics.js";
import { foldingOf } from "../src/server/features/folding.js";
import { formattingOf } from "../src/server/features/formatting.js";
import { hoverAt } from "../src/server/features/hover.js";
import { inlayHintsOf } from "../src/server/features/inlay-hints.js";
import { outlineOf } from "../src/server/features/outline.js";
import { referencesOf, thingAt } from "../src/server/features/references.js";
import { renameThing } from "../src/server/features/rename.js";
import { semanticTokensOf } from "../src/server/features/semantic-tokens.js";
import { signatureHelpAt } from "../src/server/features/signature-help.js";
import { machine, percentile, print } from "./report.js";
import { largeSpec } from "./large-spec.js";

/** Milliseconds an answer may take. */
const goal = 50;
const rounds = 60;
const warmUp = 25;
const path = "/large.mtl";

type Request = (analysis: Analysis, offset: number, workspace: Workspace) => unknown;

const requests: readonly (readonly [name: string, answer: Request])[] = [
  ["diagnostics", ({ compilation }) => diagnosticsOf(compilation, path, (file) => file)],
  [
    "completion",
    (analysis, offset) => completionAt(analysis, offset, { snippets: true, files: () => [], exportsOf: () => [] }),
  ],
  ["hover", hoverAt],
  ["definition", definitionAt],
  ["references", ({ compilation }, offset) => references(compilation, offset)],
  ["rename", ({ compilation }, offset, workspace) => rename(compilation, offset, workspace)],
  ["signature help", signatureHelpAt],
  ["code actions", (analysis, offset) => actionsAt(analysis, { start: offset, end: offset })],
  ["outline", outlineOf],
  ["folding", foldingOf],
  ["semantic tokens", (analysis) => semanticTokensOf(analysis)],
  ["inlay hints", (analysis) => inlayHintsOf(analysis, { start: 0, end: analysis.source.text.length })],
  ["formatting", (_, __, workspace) => format(workspace)],
];

function format(workspace: Workspace): unknown {
  const file = workspace.file(path);
  return file === undefined ? [] : formattingOf(file, { memory: workspace.formattingMemory(path) });
}

function references(compilation: Analysis["compilation"], offset: number): unknown {
  const thing = thingAt(compilation, path, offset);
  return thing === undefined ? [] : referencesOf(thing.id, [compilation], true);
}

function rename(compilation: Analysis["compilation"], offset: number, workspace: Workspace): unknown {
  const thing = thingAt(compilation, path, offset);
  return thing === undefined ? [] : renameThing(thing, "a_name_of_its_own", [compilation], workspace.parseInstead);
}

/** Times of one request in ms, warm, in rising order; `typed` says whether each one follows a key stroke. */
async function measure(answer: Request, typed: boolean): Promise<readonly number[]> {
  const base = largeSpec(1_000);
  const workspace = createWorkspace({ stamp: () => undefined, read: () => undefined, specsUnder: () => [] });
  const times: number[] = [];
  for (let round = 0; round < warmUp + rounds; round++) {
    // A word of another length each time, in the middle of the text.
    const text =
      typed || round === 0
        ? base.replace("tower t40 = mlp(g40, [32", `tower t40 = mlp(g40, [${32 + round}`)
        : undefined;
    if (text !== undefined) workspace.open(path, text);
    if (!typed) workspace.compilation(path);
    const offset = (text ?? base).indexOf("mlp(g40, [") + 5;
    const start = performance.now();
    const analysis = createAnalysis(path, workspace.compilation(path));
    if (analysis !== undefined) await answer(analysis, offset, workspace);
    if (round >= warmUp) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

export const summary = "answers of the language server on a 1,000-line spec: p50 and p99 by request";

/** Prints the table; a missed goal is exit code 1. */
export async function run(): Promise<void> {
  const lines = largeSpec(1_000).split("\n").length;
  print(`answers on a spec of ${lines} lines, ms (goal: p99 ≤ ${goal})`);
  print(
    `${"request".padEnd(18)}${"p50".padStart(8)}${"p99".padStart(8)}   ${"after a key stroke: p50".padStart(10)}${"p99".padStart(8)}`,
  );
  let met = true;
  for (const [name, answer] of requests) {
    const still = await measure(answer, false);
    const typed = await measure(answer, true);
    const shown = [percentile(still, 0.5), percentile(still, 0.99), percentile(typed, 0.5), percentile(typed, 0.99)];
    met &&= (shown[1] ?? Infinity) <= goal && (shown[3] ?? Infinity) <= goal;
    print(name.padEnd(18) + shown.map((time, i) => time.toFixed(1).padStart(i === 2 ? 26 : 8)).join(""));
  }
  print();
  print(`${machine()}, load ${loadavg()[0]?.toFixed(1) ?? "unknown"}`);
  if (!met) process.exitCode = 1;
}
