/** `losses.py`: a function for each loss and each penalty, and their sum. */
import type { GraphFunction, ValueId } from "../../../graph/index.js";
import { type Model, termNames } from "../../../model/index.js";
import { createBody, statementLines } from "../body.js";
import { returned } from "../branches.js";
import { inputExpr, type Network } from "../network.js";
import { atom, call, createNames, dict, type Expr, identifier, numberText, print } from "../python.js";
import type { Nodes, Raised } from "../raised.js";

export interface LossesInput {
  readonly network: Network;
  /** A variable as the model reads it: `model.t["income"].weight`. */
  readonly state: (name: string) => Expr;
  /** The line of the spec of a loss or a penalty. */
  readonly lineOf: (what: "loss" | "penalty", name: string) => string;
}

/** `readsModel`: whether they read the model besides its outputs. */
export function lossesFile(input: LossesInput, doc: string): { readonly text: string; readonly readsModel: boolean } {
  const { model } = input.network;
  const functions = [
    ...termNames(model.loss.terms).map((name) => lossFunction(input, name)),
    ...model.loss.penalties.map(({ name }) => penaltyFunction(input, name)),
  ];
  const text = functions.map(({ lines }) => lines.join("\n")).join("\n\n\n");
  const readsModel = functions.some(({ readsModel: reads }) => reads);
  const total = totalLines(model, functions, readsModel);
  const all = [text, ...total].join("\n");
  const file = [
    `"""${doc}"""`,
    "",
    ...(/\btorch\./.test(all) ? ["import torch"] : []),
    "import torch.distributed as dist",
    ...(/\bF\./.test(all) ? ["import torch.nn.functional as F"] : []),
    "from torch import Tensor",
    "",
    "from data import Batch",
    `from model import ${readsModel ? "Model, " : ""}Outputs`,
    "",
    "",
    ...meanLines(all),
    text,
    "",
    "",
    ...total,
  ].join("\n");
  return { text: `${file}\n`, readsModel };
}

/** Sums over the rows of all processes, so that N processes of B rows take the step of one with N·B. */
function meanLines(text: string): readonly string[] {
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\(`).test(text);
  const mean = uses("weighted_mean")
    ? [
        "def weighted_mean(loss: Tensor, weight: Tensor) -> Tensor:",
        '    """Σ weight · loss / Σ weight over the rows of all processes; 0 where no row counts."""',
        "    return quotient(weight * loss, weight)",
        "",
        "",
      ]
    : [];
  const quotient = [
    "def quotient(total: Tensor, weight: Tensor) -> Tensor:",
    '    """Σ total / Σ weight over all processes, times their number, as gradients are averaged."""',
    "    count = weight.sum().detach()",
    "    if dist.is_initialized():",
    "        dist.all_reduce(count)",
    "        count = count / dist.get_world_size()",
    "    return total.sum() / count.clamp(min=1e-12)",
    "",
    "",
  ];
  return [...quotient, ...mean];
}

interface LossFunction {
  readonly name: string;
  readonly title: string;
  readonly readsModel: boolean;
  readonly lines: readonly string[];
}

/** The values whose quotient of sums a loss is, and of a loss per row the losses and weights of the rows. */
function quotientOf(
  fn: GraphFunction,
  loss: ValueId,
): { readonly total: ValueId; readonly weight: ValueId; readonly rows?: ValueId } {
  const node = (id: ValueId | undefined): GraphFunction["nodes"][number] | undefined => fn.nodes[id ?? -1];
  const div = node(loss);
  const sum = node(div?.inputs[0]);
  const most = node(div?.inputs[1]);
  const weights = node(most?.inputs[0]);
  const [total = -1] = sum?.inputs ?? [];
  const [weight = -1] = weights?.inputs ?? [];
  if (div?.op !== "div" || sum?.op !== "sum" || most?.op !== "maximum" || weights?.op !== "sum")
    throw new Error("a loss is a quotient of sums");
  const product = node(total);
  return product?.op === "mul" && product.inputs[0] === weight
    ? { total, weight, rows: product.inputs[1] ?? -1 }
    : { total, weight };
}

function lossFunction(input: LossesInput, name: string): LossFunction {
  const { network } = input;
  const { fn, valueOf } = network.views.training;
  const { total, weight, rows } = quotientOf(fn, valueOf.get(`loss/${name}`) ?? -1);
  const first = rows ?? total;
  const { lines, result, reads } = writeBody(input, [first, weight]);
  const callee = rows === undefined ? "quotient" : "weighted_mean";
  const expr = call(callee, [result(first), result(weight)]);
  const called = `${identifier(name.replaceAll(".", "_"))}_loss`;
  return {
    name: called,
    title: name,
    readsModel: reads,
    lines: signature(called, reads, input.lineOf("loss", name), [...lines, ...returned([expr], 4)]),
  };
}

function penaltyFunction(input: LossesInput, name: string): LossFunction {
  const value = input.network.views.training.valueOf.get(`penalty/${name}`) ?? -1;
  const { lines, result, reads } = writeBody(input, [value]);
  const called = `${identifier(name)}_penalty`;
  return {
    name: called,
    title: name,
    readsModel: reads,
    lines: signature(called, reads, input.lineOf("penalty", name), [...lines, ...returned([result(value)], 4)]),
  };
}

function signature(name: string, readsModel: boolean, doc: string, body: readonly string[]): readonly string[] {
  const items = [...(readsModel ? ["model: Model"] : []), "outputs: Outputs", "batch: Batch"].map(atom);
  const expr = {
    text: `(${items.map(({ text }) => text).join(", ")})`,
    level: 15,
    brackets: { open: "(", items, close: ")" },
  };
  return [...print(`def ${name}`, expr, 0, " -> Tensor:"), `    """${doc}"""`, ...body];
}

function writeBody({ network, state }: LossesInput, roots: readonly ValueId[]) {
  const { fields, views } = network;
  const { fn } = views.training;
  let reads = false;
  const body = createBody(
    {
      fn,
      given: (id) => {
        const field = fields.get(id);
        if (field !== undefined) return atom(`outputs.${field}`);
        const node = fn.nodes[id];
        if (node?.op !== "input" || ["labels", "known"].includes(node.attributes.name)) return undefined;
        return inputExpr(node.attributes.name);
      },
      state: (name) => {
        reads = true;
        return state(name);
      },
      modules: (nodes, id) => labelOf(network.model, nodes, id),
      names: createNames(["outputs", "batch", "model"]),
      hint: () => undefined,
    },
    roots,
  );
  return { lines: statementLines(body.statements, 4), result: body.result, reads };
}

/** A label, or whether it is known. A label that is not known is 0, so that its product with that is itself. */
export function labelOf({ labels }: Model, { fn }: Nodes, id: ValueId): Raised | undefined {
  const columnOf = (each: ValueId | undefined): { readonly input: string; readonly label: string } | undefined => {
    const node = fn.nodes[each ?? -1];
    const slice = node?.op === "reshape" ? fn.nodes[node.inputs[0] ?? -1] : undefined;
    const source = slice?.op === "slice" ? fn.nodes[slice.inputs[0] ?? -1] : node?.op === "reshape" ? slice : undefined;
    if (source?.op !== "input") return undefined;
    const { name } = source.attributes;
    const index = slice?.op === "slice" ? slice.attributes.begin : 0;
    return name === "labels" || name === "known" ? { input: name, label: labels[index]?.name ?? "" } : undefined;
  };
  const given = (input: string, label: string): Raised => ({
    inputs: [],
    hint: input === "known" ? "known" : identifier(label),
    build: () => atom(`batch.${input}[${JSON.stringify(label)}]`),
  });
  const own = columnOf(id);
  if (own !== undefined) return given(own.input, own.label);
  const node = fn.nodes[id];
  if (node?.op !== "mul") return undefined;
  const [left, right] = [columnOf(node.inputs[0]), columnOf(node.inputs[1])];
  if (left === undefined || right === undefined || left.label !== right.label || left.input === right.input)
    return undefined;
  return given("labels", left.label);
}

function totalLines({ loss }: Model, functions: readonly LossFunction[], readsModel: boolean): readonly string[] {
  const parameters = readsModel ? "model: Model, outputs: Outputs, batch: Batch" : "outputs: Outputs, batch: Batch";
  const entries = functions.map(({ name, title, readsModel: reads }): [string, Expr] => [
    title,
    call(name, [...(reads ? ["model"] : []), "outputs", "batch"]),
  ]);
  const weights = [...loss.terms, ...loss.penalties].map(({ weight }) => weight);
  const sum = functions
    .map(({ title }, index) => {
      const value = `losses[${JSON.stringify(title)}]`;
      const weight = weights[index] ?? 1;
      return weight === 1 ? value : `${numberText(weight)} * ${value}`;
    })
    .join(" + ");
  const plain = weights.every((weight) => weight === 1);
  return [
    `def compute_losses(${parameters}) -> dict[str, Tensor]:`,
    `    """Each loss by its name in the spec."""`,
    ...returned([dict(entries)], 4),
    "",
    "",
    "def total_loss(losses: dict[str, Tensor]) -> Tensor:",
    '    """What a step minimises."""',
    ...(plain ? ["    return torch.stack(list(losses.values())).sum()"] : sumLines(sum)),
  ];
}

function sumLines(sum: string): readonly string[] {
  const line = `    return ${sum}`;
  if (line.length <= 100) return [line];
  return [
    "    return (",
    ...sum.split(" + ").map((part, index) => `        ${index === 0 ? "" : "+ "}${part}`),
    "    )",
  ];
}
