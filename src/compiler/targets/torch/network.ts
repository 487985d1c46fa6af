/** The network of a package: which modules it has, which lines put them together, and where each variable is. */
import { type Forward, type ForwardInput, parseForwardInput } from "../../lower/index.js";
import type { Model } from "../../model/index.js";
import { formatShape, type StateVariable, type ValueId } from "../../graph/index.js";
import { type Attributes, createAttributes, type Views } from "./attributes.js";
import { createBody, type Statement } from "./body.js";
import { createView, type ForwardView, plainName } from "./forward-view.js";
import { findNeeds, isHeadVariable, ownerOfVariable, type Needs, ownersOf } from "./needs.js";
import { attribute, type Placement } from "./parameters.js";
import { counterpart, createPart, type Part } from "./part.js";
import { atom, call, createNames, type Expr, identifier } from "./python.js";

/** Statements that make one value of the model; `text` is what tells two of them apart. */
export interface Chunk {
  readonly value: ValueId;
  readonly statements: readonly Statement[];
}

export interface Network {
  readonly model: Model;
  readonly views: Views;
  readonly parts: readonly Part[];
  /** The model's own variables: linear maps before activations. */
  readonly heads: Attributes;
  readonly training: readonly Chunk[];
  /** By value of the training view: how serving makes it, where that differs. */
  readonly served: ReadonlyMap<ValueId, Chunk>;
  /** What is written for a named value where the model reads it. */
  readonly exprOf: (id: ValueId) => Expr;
  /** Names of what the model returns, by value of the training view. */
  readonly fields: ReadonlyMap<ValueId, string>;
  readonly placements: readonly Placement[];
  /** A variable as the model reads it, `self.t["income"].weight`; tables are none of them. */
  readonly state: (name: string) => Expr | undefined;
}

export function createNetwork(model: Model, forward: Forward, lineOf: (owner: string) => string): Network {
  const views: Views = { training: createView(forward.training), served: createView(forward.served) };
  const { training } = views;
  const owners = ownersOf(model, forward.variables);
  const predictions = model.heads.flatMap(({ name }) => training.valueOf.get(`head/${name}/value`) ?? []);
  const needs = findNeeds(training, owners, predictions);
  const order = new Map(model.nodes.map(({ id }, index) => [id, index] as const).toReversed());
  const found = [...needs.roots].toSorted(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const parts = found.map(([owner, roots]) =>
    createPart({
      views,
      owner,
      roots,
      title: titleOf(model, owner),
      doc: lineOf(owner),
      variables: ownVariables(model, forward.variables, owner),
    }),
  );
  const heads = createAttributes(
    views,
    forward.variables.filter(({ name }) => isHeadVariable(model, name)),
    "",
    "",
    headAttribute,
  );
  const fields = new Map(needs.fields.map((id) => [id, identifier(nameOf(training, id))]));
  const first = writeChunks({ view: training, needs, parts, heads });
  const translated = translate(views, needs);
  const second = writeChunks({
    view: views.served,
    needs: translated.needs,
    parts: partsOf(parts, views),
    heads,
  });
  const served = new Map<ValueId, Chunk>();
  for (const chunk of first.chunks) {
    const other = second.chunks.find(({ value }) => value === translated.valueOf.get(chunk.value));
    if (other !== undefined && textOf(other) !== textOf(chunk)) served.set(chunk.value, other);
  }
  const placements = [...parts.flatMap((part) => part.placements), ...heads.placements];
  const states = new Map(parts.flatMap((part) => [...part.states]));
  const headStates = new Set(heads.placements.map(({ variable }) => variable.name));
  return {
    model,
    views,
    parts,
    heads,
    training: first.chunks,
    served,
    exprOf: first.exprOf,
    fields,
    placements,
    state: (name) => states.get(name) ?? (headStates.has(name) ? heads.state(name) : undefined),
  };
}

/** An inner part has its layer in its name: `x/2` is `x_attend_2`. */
function titleOf({ nodes }: Model, owner: string): string {
  const layer = nodes.find(({ id }) => id === owner)?.layer ?? "";
  return owner.replace("/", `_${layer}_`);
}

function ownVariables(model: Model, variables: readonly StateVariable[], owner: string): readonly StateVariable[] {
  return variables.filter(({ name }) => ownerOfVariable(model, name) === owner && !isHeadVariable(model, name));
}

/** `income/logit.weight` → `income_logit`. */
function headAttribute({ name }: StateVariable, fallback: string): string {
  const at = name.lastIndexOf(".");
  const end = name.slice(at + 1);
  return end === "weight" ? attribute(name.slice(0, at)) : fallback;
}

export function nameOf(view: ForwardView, id: ValueId): string {
  const named = view.nameOf.get(id);
  return named === undefined ? `value_${id}` : plainName(named);
}

/** The needs of the served view: the values of the same names that it has. */
function translate(
  { training, served }: Views,
  needs: Needs,
): { readonly needs: Needs; readonly valueOf: ReadonlyMap<ValueId, ValueId> } {
  const valueOf = new Map(
    [...needs.values].flatMap((id): [ValueId, ValueId][] => {
      const other = counterpart(training, served, id);
      return other === undefined ? [] : [[id, other]];
    }),
  );
  const all = (ids: Iterable<ValueId>): readonly ValueId[] => [...ids].flatMap((id) => valueOf.get(id) ?? []);
  return {
    valueOf,
    needs: {
      fields: all(needs.fields),
      values: new Set(all(needs.values)),
      roots: new Map([...needs.roots].map(([owner, ids]) => [owner, all(ids)] as const)),
    },
  };
}

/** A part as a view calls it: what it reads are values of the view, or of the batch where only training reads it. */
type CalledPart = Omit<Part, "inputs"> & { readonly inputs: readonly (ValueId | Expr)[] };

function partsOf(parts: readonly Part[], { training, served }: Views): readonly CalledPart[] {
  const all = (ids: readonly ValueId[]): readonly ValueId[] =>
    ids.flatMap((id) => counterpart(training, served, id) ?? []);
  const read = (id: ValueId): ValueId | Expr => {
    const node = training.fn.nodes[id];
    const fallback = node?.op === "input" ? inputExpr(node.attributes.name) : atom("None");
    return counterpart(training, served, id) ?? fallback;
  };
  return parts.map((part) => ({ ...part, inputs: part.inputs.map(read), roots: all(part.roots) }));
}

interface ChunkInput {
  readonly view: ForwardView;
  readonly needs: Needs;
  readonly parts: readonly CalledPart[];
  readonly heads: Attributes;
}

/** Longer ones get a line of their own also where they are used once. */
const inlineLength = 28;

function writeChunks(input: ChunkInput): {
  readonly chunks: readonly Chunk[];
  readonly exprOf: (id: ValueId) => Expr;
} {
  const { view, needs, parts, heads } = input;
  const exprs = new Map<ValueId, Expr>();
  const names = createNames();
  const chunks: Chunk[] = [];
  const done = new Set<ValueId>();
  const partOf = new Map(parts.flatMap((part) => part.roots.map((root) => [root, part] as const)));
  const given = (except: ValueId) => (id: ValueId) => {
    const node = view.fn.nodes[id];
    if (node?.op === "input") return inputExpr(node.attributes.name);
    if (id === except || !view.nameOf.has(id)) return undefined;
    make(id);
    return exprs.get(id);
  };
  const shapeOf = (id: ValueId): string => formatShape(view.fn.nodes[id]?.type.shape ?? []);
  const nameFor = (id: ValueId): string => names(identifier(nameOf(view, id)));
  const isField = new Set(needs.fields);

  const makePart = (part: CalledPart): void => {
    for (const root of part.roots) done.add(root);
    const inputs = part.inputs.map((each) => (typeof each === "number" ? (given(-1)(each) ?? atom("None")) : each));
    const expr = call(part.path, inputs);
    const targets = part.roots.map((root) => {
      const name = nameFor(root);
      exprs.set(root, atom(name));
      return name;
    });
    const comment = part.roots.map(shapeOf).join(", ");
    const statement = { value: part.roots[0] ?? -1, name: targets.join(", "), expr, comment };
    chunks.push({ value: part.roots[0] ?? -1, statements: [statement] });
  };

  const make = (id: ValueId): void => {
    if (done.has(id)) return;
    const part = partOf.get(id);
    if (part !== undefined) return makePart(part);
    done.add(id);
    const node = view.fn.nodes[id];
    if (node?.op === "input") {
      exprs.set(id, inputExpr(node.attributes.name));
      return;
    }
    const body = createBody(
      {
        fn: view.fn,
        given: given(id),
        state: heads.state,
        modules: heads.module(view.fn),
        names,
        hint: () => undefined,
      },
      [id],
    );
    const expr = body.result(id);
    const isShort = body.statements.length === 0 && expr.text.length <= inlineLength && expr.brackets === undefined;
    if (isShort && !isField.has(id)) {
      exprs.set(id, expr);
      return;
    }
    const name = nameFor(id);
    exprs.set(id, atom(name));
    chunks.push({ value: id, statements: [...body.statements, { value: id, name, expr, comment: shapeOf(id) }] });
  };
  for (const id of [...needs.values].toSorted((a, b) => a - b)) make(id);
  return { chunks, exprOf: (id) => exprs.get(id) ?? atom("None") };
}

function textOf({ statements }: Chunk): string {
  return statements.map(({ name, expr }) => `${name} = ${expr.text}`).join("\n");
}

/** Where the model finds an input: what features are as vectors is `x`, the rest is of the batch. */
export function inputExpr(name: string): Expr {
  const input = parseForwardInput(name);
  switch (input.kind) {
    case "number":
      return atom(`x[${JSON.stringify(input.feature)}]`);
    case "embedding":
      return atom(`x[${JSON.stringify(lookupName(input.piece, input.feature))}]`);
    case "ids":
      return atom(`batch.features[${JSON.stringify(input.feature)}].unsqueeze(-1)`);
    case "mask":
      return atom(`x[${JSON.stringify(`${input.feature}.mask`)}]`);
    case "touched":
      return atom(`outputs.touched[${JSON.stringify(touchedName(input))}]`);
    default:
      return atom(`batch.${name}`);
  }
}

/** What a lookup is called: the feature, with the table where that is not the feature's own. */
export function lookupName(piece: string, feature: string): string {
  const table = piece.slice(0, -".embedding".length);
  return table === feature ? feature : `${feature}@${table}`;
}

/** What the rows that a batch touches of a table are called, and their shares: `user_id.rows`. */
export function touchedName({ piece, what }: Extract<ForwardInput, { kind: "touched" }>): string {
  return `${piece.slice(0, -".embedding".length)}.${what}`;
}

/** Names of what losses read of touched rows. */
export function touchedNames({ views }: Pick<Network, "views">): readonly string[] {
  const names = views.training.fn.nodes.flatMap((node) => {
    const input = node.op === "input" ? parseForwardInput(node.attributes.name) : undefined;
    return input?.kind === "touched" ? [touchedName(input)] : [];
  });
  return [...new Set(names)];
}
