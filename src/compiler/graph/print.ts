/** A program as text, one line per node; `parse.ts` reads it back to the same values. */
import { formatType } from "./dims.js";
import type { GraphFunction, GraphNode, Initializer, Program, StateVariable, Update } from "./graph.js";
import { formatAttributes, formatNumber, formatText } from "./print-attributes.js";

export interface PrintOptions {
  /** Also say each node's label and span; default true, without which parsing does not give them back. */
  readonly origins?: boolean;
}

/**
 * ```text
 * state w: float32[3, 2] parameter
 *   piece w row=0 rows=3 normal mean=0 deviation=0.1
 * function predict
 *   %0: float32[B, 3] = input name=x type=float32[B, 3]
 *   %1: float32[3, 2] = state name=w
 *   %2: float32[B, 2] = matmul %0 %1 transposeA=false transposeB=false @ label=tower span=spec.mtl:120:131
 *   output logit = %2
 * ```
 */
export function printProgram(program: Program, options: PrintOptions = {}): string {
  return [...program.state.map(printVariable), ...program.functions.map((fn) => printFunction(fn, options))].join("");
}

/** One function in the same form. */
export function printFunction(fn: GraphFunction, options: PrintOptions = {}): string {
  const { origins = true } = options;
  return lines([
    `function ${formatText(fn.name)}`,
    ...fn.nodes.map((node, id) => `  %${id}: ${printNode(node, origins)}`),
    ...fn.outputs.map((output) => `  output ${formatText(output.name)} = %${output.value}`),
    ...fn.updates.map((update) => `  ${printUpdate(update)}`),
  ]);
}

function printVariable({ name, type, role, pieces }: StateVariable): string {
  return lines([
    `state ${formatText(name)}: ${formatType(type)} ${role}`,
    ...pieces.map(
      (piece) =>
        `  piece ${formatText(piece.name)} row=${piece.row} rows=${piece.rows} ${printInitializer(piece.initializer)}`,
    ),
  ]);
}

function printInitializer(initializer: Initializer): string {
  switch (initializer.kind) {
    case "constant":
      return `constant value=${formatNumber(initializer.value)}`;
    case "normal":
      return `normal mean=${formatNumber(initializer.mean)} deviation=${formatNumber(initializer.deviation)}`;
    case "truncated":
      return `truncated deviation=${formatNumber(initializer.deviation)}`;
    case "uniform":
      return `uniform low=${formatNumber(initializer.low)} high=${formatNumber(initializer.high)}`;
    case "diagonal": {
      const { on, off, size, block } = initializer;
      return `diagonal on=${formatNumber(on)} off=${formatNumber(off)} size=${size} block=${block}`;
    }
  }
}

function printNode(node: GraphNode, origins: boolean): string {
  const inputs = node.inputs.map((input) => `%${input}`);
  const words = [`${formatType(node.type)} =`, node.op, ...inputs, formatAttributes(node)];
  if (origins && (node.label !== undefined || node.span !== undefined)) {
    words.push("@");
    if (node.label !== undefined) words.push(`label=${formatText(node.label)}`);
    if (node.span !== undefined) words.push(`span=${formatText(node.span.file)}:${node.span.start}:${node.span.end}`);
  }
  return words.filter((word) => word !== "").join(" ");
}

function printUpdate(update: Update): string {
  const state = formatText(update.state);
  switch (update.kind) {
    case "assign":
      return `assign ${state} = %${update.value}`;
    case "scatter":
      return `scatter ${state} rows %${update.ids} = %${update.rows}`;
  }
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
