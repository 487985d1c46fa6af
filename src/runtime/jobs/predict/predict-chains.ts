/** Chains over signals, for the rows of files: heads that need no network. */
import { createEvaluator, describeServingInput, readInputs } from "../../../compiler/formulas/index.js";
import {
  type FusionModel,
  type Model,
  readingOf,
  type ServingInput,
  type ServingModel,
} from "../../../compiler/model/index.js";
import { formulaInputs } from "../../../compiler/serving/index.js";
import { suggest } from "../../../compiler/text/index.js";
import { BrokenLine, type RawRow, streamRawRows } from "../../data/index.js";
import { createFailure, type Failure } from "../../failure.js";
import { candidateValues } from "../../rank/candidate-values.js";

/** Chains of a model whose heads come from signals. */
export function chainsOverSignals({ serving }: Model): readonly FusionModel[] {
  return serving?.fusions.filter(({ chain }) => chain === true) ?? [];
}

/**
 * Each chain's value for each row, NaN where a signal is missing or outside its range. Throws a Failure: MTL7103 for a
 * signal that the files do not have, MTL7113 for a value of another type or one that the spec refuses.
 */
export async function predictChains(
  model: Model,
  { files, signal }: { readonly files: readonly string[]; readonly signal?: AbortSignal },
): Promise<{ readonly rows: number; readonly heads: ReadonlyMap<string, Float32Array> }> {
  const chains = chainsOverSignals(model);
  const { serving } = model;
  if (serving === undefined) return { rows: 0, heads: new Map() };
  const read = formulaInputs(
    serving,
    chains.map(({ value }) => value),
  );
  const inputs = serving.inputs.filter(({ name }) => read.has(name));
  const rows = await readRows(model, files, signal);
  const missing = inputs.find(({ name }) => rows.length > 0 && !rows.some((row) => Object.hasOwn(row, name)));
  if (missing !== undefined) throw missingColumn(missing, inputs, files, rows);
  const values = evaluateChains(serving, chains, inputs, rows);
  return { rows: rows.length, heads: new Map(chains.map(({ name }, i) => [name, values[i] as Float32Array])) };
}

function evaluateChains(
  serving: ServingModel,
  chains: readonly FusionModel[],
  inputs: readonly ServingInput[],
  rows: readonly RawRow[],
): readonly Float32Array[] {
  const names = new Set(inputs.map(({ name }) => name));
  const found = readInputs(
    serving,
    { candidates: rows.map((row) => candidateValues(row, inputs)), now: 0 },
    ({ name }) => names.has(name),
  );
  if (found.kind === "refused") {
    const input = inputs.find(({ name }) => name === found.input);
    const value = found.index === undefined ? undefined : rows[found.index]?.[found.input];
    throw createFailure("MTL7113", {
      what: `\`${found.input}\``,
      row: (found.index ?? 0) + 1,
      value: typeof value === "object" ? JSON.stringify(value) : String(value),
      needed: input === undefined ? found.expected : describeServingInput(input),
      user: "the chain",
    });
  }
  const evaluator = createEvaluator(found.frame);
  return chains.map(({ value }) => {
    const column = new Float32Array(rows.length).fill(Number.NaN);
    const numbers = evaluator.numbers(value);
    found.kept.forEach((row, at) => (column[row] = numbers[at]!));
    return column;
  });
}

async function readRows(model: Model, files: readonly string[], signal?: AbortSignal): Promise<readonly RawRow[]> {
  const rows: RawRow[] = [];
  for await (const row of streamRawRows(files, { reading: readingOf(model.data), signal })) {
    if (row instanceof BrokenLine) throw row.failure;
    rows.push(row);
  }
  return rows;
}

function missingColumn(
  { name }: ServingInput,
  inputs: readonly ServingInput[],
  files: readonly string[],
  rows: readonly RawRow[],
): Failure {
  const others = Object.keys(rows[0] ?? {}).filter((key) => !inputs.some((input) => input.name === key));
  const suggestion = suggest(name, others);
  return createFailure("MTL7103", { column: name, file: files.join(", "), user: `signal \`${name}\``, suggestion });
}
