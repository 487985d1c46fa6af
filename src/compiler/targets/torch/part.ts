/** The module of a part of the network: a class, or a chain of PyTorch's own modules. */
import { formatShape, type StateVariable, type ValueId } from "../../graph/index.js";
import { parseForwardInput } from "../../lower/index.js";
import { type Attributes, createAttributes, type Views } from "./attributes.js";
import { type Body, createBody, statementLines, type WrittenView } from "./body.js";
import { chainOf } from "./chain.js";
import { branches, type Branch } from "./branches.js";
import { type ForwardView, plainName } from "./forward-view.js";
import { readFrom } from "./needs.js";
import { attribute, type Placement } from "./parameters.js";
import { atom, call, createNames, type Expr, identifier, level, print } from "./python.js";

export interface Part {
  /** `t.income`. */
  readonly owner: string;
  /** `t`, and `income` where the declaration has several members. */
  readonly base: string;
  readonly member?: string;
  /** How the model reaches it: `self.t["income"]`. */
  readonly path: string;
  /** What it reads, in the order of its arguments, and what it returns: values of the training view. */
  readonly inputs: readonly ValueId[];
  readonly roots: readonly ValueId[];
  readonly code: PartCode;
  readonly placements: readonly Placement[];
  /** Its variables as the model reads them. */
  readonly states: ReadonlyMap<string, Expr>;
}

/** A class without its first line, or the expression that makes the module. */
export type PartCode =
  | { readonly kind: "class"; readonly doc: string; readonly lines: readonly string[] }
  | { readonly kind: "expression"; readonly expr: Expr };

export interface PartInput {
  readonly views: Views;
  readonly owner: string;
  readonly variables: readonly StateVariable[];
  /** What the training function's part returns. */
  readonly roots: readonly ValueId[];
  /** What the module is called, with a dot before a member: `t.income`. */
  readonly title: string;
  /** The line of the spec. */
  readonly doc: string;
}

/** Values of the other function that have the same name. */
export function counterpart(from: ForwardView, to: ForwardView, id: ValueId): ValueId | undefined {
  for (const { value, name } of from.fn.outputs) if (value === id && to.valueOf.has(name)) return to.valueOf.get(name);
  const node = from.fn.nodes[id];
  if (node?.op !== "input") return undefined;
  const found = to.fn.nodes.findIndex((each) => each.op === "input" && each.attributes.name === node.attributes.name);
  return found < 0 ? undefined : found;
}

export function createPart(input: PartInput): Part {
  const { views, owner, variables, roots, title } = input;
  const dot = title.indexOf(".");
  const base = dot < 0 ? title : title.slice(0, dot);
  const member = dot < 0 ? undefined : identifier(title.slice(dot + 1));
  const name = attribute(base);
  const path = member === undefined ? `self.${name}` : `self.${name}[${JSON.stringify(member)}]`;
  const prefix = member === undefined ? `${name}.` : `${name}.${member}.`;
  const attributes = createAttributes(views, variables, owner, prefix);
  const shared = { owner, base, path, roots, ...(member === undefined ? {} : { member }) };
  const written = writeViews(input, attributes);
  const chain = written.isOne ? chainOf(views.training, roots, written.training, attributes, prefix) : undefined;
  if (chain !== undefined) {
    const { expr, placements } = chain;
    const code = { kind: "expression", expr } as const;
    return {
      ...shared,
      inputs: written.training.body.used,
      code,
      placements,
      states: pathsOf(placements, prefix, path),
    };
  }
  const states = variables.map(({ name: variable }): [string, Expr] => [
    variable,
    atom(attributes.state(variable).text.replace(/^self\b/, path)),
  ]);
  return {
    ...shared,
    inputs: written.training.body.used,
    code: { kind: "class", doc: input.doc, lines: classLines(input, attributes, written) },
    placements: attributes.placements,
    states: new Map(states),
  };
}

/** `self.t["income"][0].weight.T` of what is kept as `t.income.0.weight`. */
function pathsOf(placements: readonly Placement[], prefix: string, path: string): ReadonlyMap<string, Expr> {
  return new Map(
    placements.map(({ variable, key, transposed }) => {
      const [index = "0", ...rest] = key.slice(prefix.length).split(".");
      return [variable.name, atom(`${path}[${index}].${rest.join(".")}${transposed ? ".T" : ""}`)];
    }),
  );
}

interface WrittenViews {
  readonly training: WrittenView;
  readonly served: WrittenView | undefined;
  /** Whether both views are the same code. */
  readonly isOne: boolean;
}

function writeViews({ views, owner, variables, roots }: PartInput, attributes: Attributes): WrittenViews {
  const { training, served } = views;
  const own = new Set(variables.map(({ name }) => name));
  const updates = training.fn.updates.flatMap((update) =>
    update.kind === "assign" && own.has(update.state) ? [update] : [],
  );
  const names = createArguments();
  const trained = writeView(training, owner, attributes, names, [...roots, ...updates.map(({ value }) => value)]);
  const effects = updates.map(({ state, value }) => {
    return call(`${attributes.state(state).text}.copy_`, [trained.result(value)]);
  });
  const found = roots.flatMap((id) => counterpart(training, served, id) ?? []);
  const first = { body: trained, results: roots.map((id) => trained.result(id)), effects };
  if (found.length < roots.length) return { training: first, served: undefined, isOne: true };
  // What serving leaves out, such as a dropout, may leave two names for one value: it is the argument that training reads.
  const read = trained.used.flatMap((id): readonly (readonly [ValueId, Expr])[] => {
    const other = counterpart(training, served, id);
    return other === undefined ? [] : [[other, trained.result(id)]];
  });
  const body = writeView(served, owner, attributes, names, found, new Map(read));
  const second = { body, results: found.map((id) => body.result(id)), effects: [] };
  return { training: first, served: second, isOne: effects.length === 0 && textOf(first) === textOf(second) };
}

/** Dropout does nothing at serving, whose code is therefore without it. */
function textOf({ body, results }: WrittenView): string {
  const text = [...statementLines(body.statements, 8), ...results.map(({ text: each }) => each)].join("\n");
  return text.replaceAll(/F\.dropout\((.+?), [\d.]+, self\.training\)/g, "$1");
}

/** The names of arguments, which are the same in both views. */
function createArguments(): (wanted: string) => string {
  const known = new Map<string, string>();
  const names = createNames();
  return (wanted) => {
    const name = known.get(wanted) ?? names(wanted);
    known.set(wanted, name);
    return name;
  };
}

function writeView(
  view: ForwardView,
  owner: string,
  attributes: Attributes,
  argumentName: (wanted: string) => string,
  roots: readonly ValueId[],
  read: ReadonlyMap<ValueId, Expr> = new Map(),
): Body {
  const isOwn = (id: ValueId): boolean => {
    const named = view.nameOf.get(id);
    return named !== undefined && named.kind !== "head" && named.id === owner;
  };
  const given = (id: ValueId): Expr | undefined => {
    const argument = read.get(id);
    if (argument !== undefined) return argument;
    const named = view.nameOf.get(id);
    const node = view.fn.nodes[id];
    if (named === undefined ? node?.op !== "input" : isOwn(id)) return undefined;
    if (named !== undefined) return atom(argumentName(identifier(plainName(named))));
    return node?.op === "input" ? atom(argumentName(inputWord(node.attributes.name))) : undefined;
  };
  const inputs = [...readFrom(view.fn, roots, (id) => given(id) !== undefined)].flatMap((id) => given(id)?.text ?? []);
  return createBody(
    {
      fn: view.fn,
      given,
      state: attributes.state,
      modules: attributes.module(view.fn),
      names: createNames(inputs),
      hint: (id) => {
        const named = view.nameOf.get(id);
        return isOwn(id) && named !== undefined && named.kind === "gate" ? named.fact : undefined;
      },
    },
    roots,
  );
}

/** What an input is called as an argument: `mask clicked` is `clicked_mask`. */
function inputWord(name: string): string {
  const input = parseForwardInput(name);
  switch (input.kind) {
    case "number":
    case "embedding":
      return identifier(input.feature);
    case "ids":
    case "mask":
      return identifier(`${input.feature}_${input.kind}`);
    default:
      return identifier(name);
  }
}

function classLines({ views, roots }: PartInput, attributes: Attributes, written: WrittenViews): readonly string[] {
  const { training: view } = views;
  const { training, served, isOne } = written;
  const shape = (id: ValueId): string => formatShape(view.fn.nodes[id]?.type.shape ?? []);
  const parameters = training.body.used.map((id) => ({
    text: `${training.body.result(id).text}: Tensor`,
    shape: shape(id),
  }));
  const items = ["self", ...parameters.map(({ text }) => text)].map(atom);
  const result = roots.length === 1 ? "Tensor" : `tuple[${roots.map(() => "Tensor").join(", ")}]`;
  const signature = {
    text: `(${items.map(({ text }) => text).join(", ")})`,
    level: level.atom,
    brackets: { open: "(", items, close: ")" },
  };
  const asBranch = ({ body, results, effects }: WrittenView): Branch => ({
    statements: body.statements,
    effects,
    results,
  });
  const returns = roots.map(shape).join(", ");
  const shapes = `${parameters.map((each) => each.shape).join(", ")} -> ${returns}`;
  // Many inputs are a line each, with their shapes.
  const isWide = shapes.length > 80 || print("def forward", signature, 4, ` -> ${result}:`).length > 3;
  const head = isWide
    ? [
        "    def forward(",
        "        self,",
        ...parameters.map((each) => `        ${each.text},  # ${each.shape}`),
        `    ) -> ${result}:`,
        `        """Returns ${returns}."""`,
      ]
    : [...print("def forward", signature, 4, ` -> ${result}:`), `        """${shapes}"""`];
  return [
    "    def __init__(self) -> None:",
    "        super().__init__()",
    ...attributes.lines,
    "",
    ...head,
    ...branches(asBranch(training), isOne || served === undefined ? undefined : asBranch(served), 8),
  ];
}
