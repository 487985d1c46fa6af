/**
 * How fast the language server answers on a large spec while it is typed in: every request after a key stroke of its own,
 * so that each pays for the parse and the check of a new text. Prints the median and the 99th percentile by request, and before
 * that what the first answer in a workspace of many files takes, in a process that has run nothing of this yet.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { nodeDisk } from "../src/server/node/disk.js";
import { collectDiagnostics } from "../src/server/publish.js";
import { createTestRuns } from "../src/server/test-runs.js";
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
/** Milliseconds that the first answer in a workspace may take. */
const firstGoal = 1_000;
const workspaceFiles = 200;
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

/**
 * A workspace of models over one shared part: the diagnostics of a model that is opened, a hover in the part, and its diagnostics,
 * for which every model is checked.
 */
function measureFirst(): readonly (readonly [name: string, time: number])[] {
  const folder = mkdtempSync(join(tmpdir(), "mtl-workspace-"));
  try {
    const part = join(folder, "shared.mtl");
    writeFileSync(part, "def small(input) = mlp(input, [16])\n");
    mkdirSync(join(folder, "models"));
    const [first = "", ...others] = Array.from({ length: workspaceFiles - 1 }, (_, i) =>
      join(folder, "models", `model${i}.mtl`),
    );
    const text = largeSpec(100).replace("model large\n", 'import "../shared.mtl"\n\nmodel large\n');
    for (const path of [first, ...others]) writeFileSync(path, text);
    const time = (path: string, answer: (workspace: Workspace) => unknown): number => {
      const start = performance.now();
      const workspace = createWorkspace(nodeDisk);
      workspace.setFolders([folder]);
      workspace.open(path, path === part ? "def small(input) = mlp(input, [8])\n" : text);
      if (answer(workspace) === undefined) throw new Error(`there is no answer for ${path}`);
      return performance.now() - start;
    };
    const diagnostics = (path: string) => (workspace: Workspace) =>
      collectDiagnostics(workspace, createTestRuns(), (file) => file).get(path);
    const hover = (workspace: Workspace): unknown => {
      const [root = part] = workspace.rootsOf(part);
      const analysis = createAnalysis(part, workspace.compilation(root));
      return analysis === undefined ? undefined : hoverAt(analysis, "def small(input) = m".length);
    };
    return [
      ["diagnostics of a model", time(first, diagnostics(first))],
      ["hover in the part that all import", time(part, hover)],
      ["diagnostics of that part, by every model", time(part, diagnostics(part))],
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const summary = "answers of the language server on a 1,000-line spec: p50 and p99 by request";

/** Prints the table; a missed goal is exit code 1. */
export async function run(): Promise<void> {
  print(`first answer in a workspace of ${workspaceFiles} files, ms (goal of the first two: ≤ ${firstGoal})`);
  const firsts = measureFirst();
  for (const [name, time] of firsts) print(name.padEnd(42) + time.toFixed(0).padStart(6));
  print();
  const lines = largeSpec(1_000).split("\n").length;
  print(`answers on a spec of ${lines} lines, ms (goal: p99 ≤ ${goal})`);
  print(
    `${"request".padEnd(18)}${"p50".padStart(8)}${"p99".padStart(8)}   ${"after a key stroke: p50".padStart(10)}${"p99".padStart(8)}`,
  );
  let met = firsts.slice(0, 2).every(([, time]) => time <= firstGoal);
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
