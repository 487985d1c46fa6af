/** `model.py`. */
import type { ValueId } from "../../../graph/index.js";
import { formatShape } from "../../../graph/index.js";
import { createBody, statementLines } from "../body.js";
import { returned } from "../branches.js";
import { type Chunk, inputExpr, type Network, touchedNames } from "../network.js";
import type { Part } from "../part.js";
import { attribute } from "../parameters.js";
import { atom, call, className, createNames, dict, type Expr, print, quote } from "../python.js";

export function modelFile(network: Network, frozen: readonly string[], doc: string): string {
  const classes = nameClasses(network);
  const body = [
    ...outputsLines(network),
    ...[...classes.texts].flatMap(([name, lines]) => ["", "", `class ${name}(nn.Module):`, ...lines]),
    "",
    "",
    ...modelLines(network, classes, frozen),
  ].join("\n");
  const helpers = helperLines(body);
  return `${[`"""${doc}"""`, "", ...imports([...helpers, body].join("\n")), "", "", ...helpers, body].join("\n")}\n`;
}

function imports(text: string): readonly string[] {
  const standard = /\bmath\./.test(text) ? ["import math"] : [];
  return [
    ...standard,
    "from typing import NamedTuple",
    "",
    ...(/\btorch\./.test(text) ? ["import torch"] : []),
    ...(/\bF\./.test(text) ? ["import torch.nn.functional as F"] : []),
    "from torch import Tensor, nn",
    "",
    "from data import Batch",
    "from features import Features",
  ];
}

function helperLines(text: string): readonly string[] {
  const lines: string[] = [];
  const usesLinear = /\blinear\(/.test(text);
  if (usesLinear || /\bglorot\(/.test(text)) {
    lines.push(
      "def glorot(*shape: int, fans: int) -> Tensor:",
      '    """First values, uniform in ±√(6 / fans), where fans are inputs and units together."""',
      "    limit = math.sqrt(6 / fans)",
      "    return torch.empty(shape).uniform_(-limit, limit)",
      "",
      "",
    );
  }
  if (usesLinear) {
    lines.push(
      "def linear(inputs: int, units: int, bias: bool = True) -> nn.Linear:",
      '    """A linear map that starts by Glorot\'s rule, with a bias of zero."""',
      "    layer = nn.Linear(inputs, units, bias=bias)",
      "    layer.weight = nn.Parameter(glorot(units, inputs, fans=inputs + units))",
      "    if bias:",
      "        nn.init.zeros_(layer.bias)",
      "    return layer",
      "",
      "",
    );
  }
  if (/\bmixing\(/.test(text)) {
    lines.push(
      "def mixing(*shape: int, parts: int, same: float, other: float, width: int = 1) -> Tensor:",
      '    """First values of a mix of parts: how much each has of itself, and of any other."""',
      "    values = torch.full((parts, parts), other).fill_diagonal_(same)",
      "    return values.repeat_interleave(width, dim=1).reshape(shape)",
      "",
      "",
    );
  }
  return lines;
}

function outputsLines(network: Network): readonly string[] {
  const { fields, views } = network;
  const shape = (id: ValueId): string => formatShape(views.training.fn.nodes[id]?.type.shape ?? []);
  return [
    "class Outputs(NamedTuple):",
    '    """What losses and predictions are made of."""',
    "",
    ...[...fields].map(([id, name]) => `    ${name}: Tensor  # ${shape(id)}`),
    ...(touchedNames(network).length > 0
      ? ["    touched: dict[str, Tensor]  # by table, the rows that the batch looks up, and the share of each"]
      : []),
  ];
}

interface Classes {
  /** By the name of the class, what is below its first line. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** How a part is made. */
  readonly made: (part: Part) => Expr;
}

/** Members of a declaration whose code is the same share a class, which has the declaration's name. */
function nameClasses({ parts }: Network): Classes {
  const texts = new Map<string, readonly string[]>();
  const made = new Map<Part, Expr>();
  const names = createNames(["Model", "Outputs", "Batch", "Features", "Tensor", "NamedTuple"]);
  const byText = new Map<string, string>();
  for (const part of parts) {
    if (part.code.kind === "expression") {
      made.set(part, part.code.expr);
      continue;
    }
    const { doc, lines } = part.code;
    const siblings = parts.filter(({ base, code }) => base === part.base && code.kind === "class");
    const isShared = siblings.every(({ code }) => code.kind === "class" && code.lines.join("\n") === lines.join("\n"));
    const key = `${part.base}\n${lines.join("\n")}`;
    const known = byText.get(key);
    const name = known ?? names(className(isShared ? part.base : `${part.base} ${part.member ?? ""}`));
    byText.set(key, name);
    if (known === undefined) texts.set(name, [...(doc === "" ? [] : [`    """${doc}"""`, ""]), ...lines]);
    made.set(part, call(name, []));
  }
  return { texts, made: (part) => made.get(part) ?? atom("None") };
}

function modelLines(network: Network, classes: Classes, frozen: readonly string[]): readonly string[] {
  const { parts, heads, fields, exprOf } = network;
  const bases = new Map<string, Part[]>();
  for (const part of parts) bases.set(part.base, [...(bases.get(part.base) ?? []), part]);
  const attributes = [...bases].flatMap(([base, all]): readonly string[] => {
    const [only] = all;
    if (only === undefined) return [];
    if (only.member === undefined) return print(`self.${attribute(base)} = `, classes.made(only), 8);
    const members = dict(all.map((part) => [part.member ?? "", classes.made(part)]));
    return print(`self.${attribute(base)} = `, call("nn.ModuleDict", [members]), 8);
  });
  const touched = touchedNames(network).map((name) => [name, `x[${quote(name)}]`] as const);
  const result = call("Outputs", [
    ...[...fields].map(([id, name]) => `${name}=${exprOf(id).text}`),
    ...(touched.length === 0 ? [] : ["touched=touched"]),
  ]);
  return [
    "class Model(nn.Module):",
    "    def __init__(self) -> None:",
    "        super().__init__()",
    "        self.features = Features()",
    ...attributes,
    ...heads.lines,
    ...frozen.map((path) => `        self.${path}.requires_grad_(False)`),
    "",
    "    def forward(self, batch: Batch) -> Outputs:",
    "        x = self.features(batch)",
    ...chunkLines(network),
    ...(touched.length === 0 ? [] : print("touched = ", dict(touched), 8)),
    ...print("return ", result, 8),
    "",
    ...predictLines(network),
  ];
}

function chunkLines({ training, served }: Network): readonly string[] {
  return training.flatMap((chunk): readonly string[] => {
    const other = served.get(chunk.value);
    if (other === undefined) return statementLines(chunk.statements, 8);
    return ["        if self.training:", ...linesOf(chunk, 12), "        else:", ...linesOf(other, 12)];
  });
}

function linesOf({ statements }: Chunk, indent: number): readonly string[] {
  return statementLines(statements, indent);
}

/** What serving says of each head, from the outputs. */
function predictLines({ model, views, fields }: Network): readonly string[] {
  const { training: view } = views;
  const names = createNames(["outputs", "batch"]);
  const heads = model.heads.filter(({ type }) => type.kind !== "classes");
  const values = heads.flatMap(({ name }) => {
    const value = view.valueOf.get(`head/${name}/value`);
    return value === undefined ? [] : [[name, value] as const];
  });
  const body = createBody(
    {
      fn: view.fn,
      given: (id) => {
        const field = fields.get(id);
        const node = view.fn.nodes[id];
        return field !== undefined
          ? atom(`outputs.${field}`)
          : node?.op === "input"
            ? inputExpr(node.attributes.name)
            : undefined;
      },
      state: () => atom("None"),
      names,
      hint: () => undefined,
    },
    values.map(([, value]) => value),
  );
  return [
    "    def predict(self, batch: Batch) -> dict[str, Tensor]:",
    '        """What each head says of the rows: [B] each."""',
    "        outputs = self(batch)",
    ...statementLines(body.statements, 8),
    ...returned([dict(values.map(([name, value]) => [name, body.result(value)]))], 8),
  ];
}
