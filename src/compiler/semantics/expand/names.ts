/** What abbreviates several names: groups of features, ranges of names, `features`, `but`. */
import { layers } from "../../builtins/index.js";
import type { Reporter } from "../../diagnostics/index.js";
import {
  entriesOf,
  featureEntries,
  nameOfText,
  onceByNode,
  visit,
  namesOfRange,
  tasksOf,
  type AnyNode,
  type Argument,
  type ButExpression,
  type Declaration,
  type EachExpression,
  type Expression,
  type FeatureEntry,
  type FeaturesBlock,
  type LossBlock,
  type MetricsBlock,
  type OverrideDeclaration,
  type TaskDeclaration,
  type Name,
  type NameExpression,
  type NameRange,
  type Spec,
  type StringLiteral,
} from "../../syntax/index.js";
import { suggest, type Span } from "../../text/index.js";
import { declaredBy } from "../names/bind.js";
import { describeValue } from "../names/describe.js";
import { replaceIn } from "./tree.js";

const rangeHelp = "a range is two names that differ in one number: `n_1 .. n_63`, `f_01 .. f_12`";

/** The word for all features. */
const allFeatures = "features";

/**
 * A file with an entry for each feature of a group, each task and each key of a loss or a metric, so that each can be imported, overridden
 * and removed by itself.
 */
export function splitGroups(spec: Spec, reporter: Reporter): Spec {
  const split = (block: FeaturesBlock): FeaturesBlock => {
    if (block.entries.every(({ kind }) => kind === "Feature")) return block;
    for (const entry of block.entries) if (entry.kind === "FeatureGroup") checkNames(entry.names, reporter);
    return { ...block, entries: featureEntries(block).map(withOwnColumns) };
  };
  const declarations = spec.declarations.flatMap((node): readonly Declaration[] => {
    reportKeys(node, reporter);
    switch (node.kind) {
      case "Features":
        return [split(node)];
      case "Loss":
      case "Metrics":
        return [splitKeys(node, reporter)];
      case "Task":
        return splitTask(node, reporter);
      case "Override":
        return splitOverride(node, split, reporter);
      default:
        return [node];
    }
  });
  const isSame = declarations.length === spec.declarations.length;
  return isSame && declarations.every((node, i) => node === spec.declarations[i]) ? spec : { ...spec, declarations };
}

function splitOverride(
  node: OverrideDeclaration,
  split: (block: FeaturesBlock) => FeaturesBlock,
  reporter: Reporter,
): readonly OverrideDeclaration[] {
  const { declaration: inner } = node;
  const all = ((): readonly OverrideDeclaration["declaration"][] => {
    switch (inner.kind) {
      case "Features":
        return [split(inner)];
      case "Loss":
      case "Metrics":
        return [splitKeys(inner, reporter)];
      case "Task":
        return splitTask(inner, reporter);
      default:
        return [inner];
    }
  })();
  return all.map((declaration) => (declaration === inner ? node : { ...node, declaration }));
}

function splitTask(task: TaskDeclaration, reporter: Reporter): readonly TaskDeclaration[] {
  if (task.members?.length === 0)
    reporter.report("MTL2030", { problem: "a list of tasks has no name in it" }, task.type.span, { help: listHelp });
  return tasksOf(task);
}

const listHelp = "name what it is for: `task [click, like]: P(member) = …`, `[click, like]: bce`";

/** An entry for each key. */
function splitKeys<T extends LossBlock | MetricsBlock>(block: T, reporter: Reporter): T {
  if (block.entries.every(({ keys }) => keys === undefined)) return block;
  for (const { keys, value } of block.entries)
    if (keys?.length === 0)
      reporter.report("MTL2030", { problem: "a list of keys has no name in it" }, value.span, { help: listHelp });
  return { ...block, entries: block.entries.flatMap(entriesOf) };
}

/** Reports keys of which one entry has several, where only one can be. */
function reportKeys(node: Declaration, reporter: Reporter): void {
  for (const span of wrongKeys(node)) reporter.report("MTL3140", undefined, span);
}

const wrongKeys = onceByNode((node: Declaration): readonly Span[] => {
  const block = node.kind === "Override" ? node.declaration : node;
  const own: ReadonlySet<AnyNode> = new Set(block.kind === "Loss" || block.kind === "Metrics" ? block.entries : []);
  const found: Span[] = [];
  visit(node, (each) => {
    if (each.kind !== "Entry" || each.keys === undefined || own.has(each)) return;
    const [first, last] = [each.keys[0], each.keys.at(-1)];
    found.push(first === undefined || last === undefined ? each.span : { ...first.span, end: last.span.end });
  });
  return found;
});

/** `= log(column("x_*") + 3)` of a range reads the column with the number of the name in the place of the star. */
function withOwnColumns(entry: FeatureEntry): FeatureEntry {
  const number = entry.of?.number;
  if (number === undefined || entry.source === undefined) return entry;
  const source = replaceIn(entry.source, {
    call: (call) => {
      const [argument] = call.arguments;
      if (call.callee.text !== "column" || argument?.value.kind !== "String") return undefined;
      const { value } = argument.value;
      if (!value.includes("*")) return undefined;
      return { ...call, arguments: [{ ...argument, value: { ...argument.value, value: value.replace("*", number) } }] };
    },
  });
  return source === entry.source ? entry : { ...entry, source };
}

/** Reports what is not a name or a range of names among those of a group. */
function checkNames(names: Expression, reporter: Reporter): void {
  if (names.kind === "List" && names.items.length === 0)
    reporter.report("MTL2030", { problem: "a group of features has no name in it" }, names.span, { help: rangeHelp });
  for (const item of names.kind === "List" ? names.items : [names]) {
    if (item.kind === "NameExpression" || item.kind === "String" || item.kind === "Missing") continue;
    const problem =
      item.kind === "NameRange" ? problemOfRange(item) : "a group of features is a list of names and ranges of names";
    if (problem !== undefined) reporter.report("MTL2030", { problem }, item.span, { help: rangeHelp });
  }
}

function problemOfRange(range: NameRange): string | undefined {
  const names = namesOfRange(range);
  return names.kind === "problem" ? names.problem : undefined;
}

/** What the names of a spec are, for {@link spellOut}. */
interface Naming {
  readonly reporter: Reporter;
  /** Features in the order of the text; undefined where names are columns and not names of the spec. */
  readonly features: readonly string[] | undefined;
  readonly declared: ReadonlySet<string>;
  /** Columns by which features are called. */
  readonly quoted: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
  readonly macros: ReadonlySet<string>;
  /** Parameters of the macro whose text this is: what they stand for is known where it is called. */
  readonly parameters: ReadonlySet<string>;
}

/**
 * Declarations in which every range of names, `features` and `but` is the list of names that it stands for. Features that
 * `removed` has are left out of ranges.
 */
export function spellOut(
  declarations: readonly Declaration[],
  removed: ReadonlySet<string>,
  reporter: Reporter,
): readonly Declaration[] {
  if (!declarations.some(mayAbbreviate)) return declarations;
  const symbols = declarations.flatMap(declaredBy);
  const names = symbols.filter(({ kind }) => kind !== "label" && kind !== "attribute" && kind !== "request");
  const declared = new Set(names.map(({ name }) => name));
  const features = names.filter(({ kind }) => kind === "feature").map(({ name }) => name);
  const macros = new Set(names.filter(({ kind }) => kind === "macro").map(({ name }) => name));
  const quoted = new Set(names.flatMap(({ at }) => (at.quoted === undefined ? [] : [at.quoted])));
  const naming: Naming = { reporter, features, declared, quoted, removed, macros, parameters: new Set() };
  return declarations.map((node) => {
    if (!mayAbbreviate(node)) return node;
    if (!readsNetwork(node)) return spell(node, { ...naming, features: undefined });
    const hidden = node.kind === "Def" ? node.parameters.map((parameter) => parameter.name.text) : [];
    if (hidden.length === 0) return spell(node, naming);
    return spell(node, { ...naming, declared: new Set([...declared, ...hidden]), parameters: new Set(hidden) });
  });
}

/** Whether a declaration has a word or a text that {@link spell} may put others in the place of; texts are features only in the network. */
const mayAbbreviate = onceByNode((node: Declaration): boolean => hasAbbreviation(node, readsNetwork(node)));

function hasAbbreviation(value: unknown, inNetwork: boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => hasAbbreviation(item, inNetwork));
  if (!isNode(value)) return false;
  if (value.kind === "String") return inNetwork;
  const isOne = value.kind === "NameExpression" ? value.name.text === allFeatures : mayBeNames(value);
  return isOne || Object.values(value).some((item) => hasAbbreviation(item, inNetwork));
}

/** Whether a macro says `each` of a parameter of its own: what that stands for is known once its calls are expanded. */
export function hasOpenEach(declarations: readonly Declaration[]): boolean {
  let found = false;
  for (const node of declarations)
    if (node.kind === "Def")
      visit(node, ({ kind }) => {
        if (kind === "Each") found = true;
      });
  return found;
}

function readsNetwork({ kind }: Declaration): boolean {
  return ["Network", "Family", "Experts", "Gate", "Gates", "Task", "Def"].includes(kind);
}

/** A tree with names spelt out; what has none stays the same object, so that tools find the nodes of the text. */
function spell<T extends AnyNode>(node: T, naming: Naming): T {
  let changed = false;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    const next = key === "span" || key === "of" ? value : spellValue(value, node, key, naming);
    if (next !== value) changed = true;
    copy[key] = next;
  }
  // Lists of expressions take the place of expressions: the form of the node is kept.
  return changed ? (copy as unknown as T) : node;
}

function spellValue(value: unknown, parent: AnyNode, key: string, naming: Naming): unknown {
  if (Array.isArray(value)) {
    const next = value.flatMap((item: unknown): readonly unknown[] =>
      isNode(item) ? spellItem(item, parent, naming) : [item],
    );
    return next.length !== value.length || next.some((item, i) => item !== value[i]) ? next : value;
  }
  if (!isNode(value) || value.kind === "Name") return value;
  if (value.kind === "String") return isNamed(parent) ? value : featureOf(value, naming);
  if (key === "type" || !mayBeNames(value)) return spell(value, naming);
  const members = membersOf(value, naming);
  return members === undefined ? spell(value, naming) : listOf(members, value.span);
}

/** An item of a list or an argument of a call: one or, where it stands for several names, as many. */
function spellItem(item: AnyNode, parent: AnyNode, naming: Naming): readonly AnyNode[] {
  if (parent.kind === "List" && item.kind === "String") return [featureOf(item, naming)];
  if (parent.kind === "List" && mayBeNames(item)) return membersOf(item, naming) ?? [spell(item, naming)];
  if (parent.kind !== "Call" || item.kind !== "Argument") return [spell(item, naming)];
  const members = item.name === undefined ? membersOf(item.value, naming) : undefined;
  if (members === undefined) return [spell(item, naming)];
  // A layer over any number of tensors takes them one by one; all else takes one list.
  if (
    !naming.macros.has(parent.callee.text) &&
    layers.some(({ name, inputs }) => name === parent.callee.text && inputs === "variadic")
  )
    return members.map((value): Argument => ({ kind: "Argument", value, span: item.span }));
  return [{ ...item, value: listOf(members, item.span) }];
}

/** `column: "price"`: the text of an option is not a name. */
function isNamed(parent: AnyNode): boolean {
  return parent.kind === "Entry" || (parent.kind === "Argument" && parent.name !== undefined);
}

/** In the network, a text by which a feature is called is the feature. */
function featureOf(text: StringLiteral, { features, quoted }: Naming): Expression {
  if (features === undefined || !quoted.has(text.value)) return text;
  return { kind: "NameExpression", name: nameOfText(text), span: text.span };
}

function listOf(items: readonly Expression[], span: Span): Expression {
  return items.length === 0 ? { kind: "Missing", span } : { kind: "List", items, span };
}

/** The names that an expression stands for, all reported that is wrong with it; undefined when it is none of this. */
function membersOf(expression: Expression, naming: Naming): readonly Expression[] | undefined {
  switch (expression.kind) {
    case "NameRange":
      return membersOfRange(expression, naming);
    case "But":
      return membersLeft(expression, naming);
    case "NameExpression":
      return expression.name.text === allFeatures && !naming.declared.has(allFeatures)
        ? allOf(naming.features, expression.span)
        : undefined;
    case "Each":
      return naming.features === undefined ? undefined : callsOfEach(expression, naming);
    default:
      return undefined;
  }
}

/** `each linear([a, b], 4)`: `linear(a, 4)` and `linear(b, 4)`; undefined where the names are a parameter of a macro. */
function callsOfEach({ value, span }: EachExpression, naming: Naming): readonly Expression[] | undefined {
  const place = namesOfCall(value);
  const names = place?.names;
  if (place === undefined || names === undefined || names.kind === "Missing") {
    if (value.kind !== "Missing" && names?.kind !== "Missing") reportEach(value, span, naming);
    return [];
  }
  if (names.kind === "NameExpression" && naming.parameters.has(names.name.text)) return undefined;
  if (names.kind !== "List" && membersOf(names, naming) === undefined) {
    reportEach(names, names.span, naming);
    return [];
  }
  return flatMembers(names, naming).map((name) => spell(place.put(name), naming));
}

function reportEach(found: Expression, span: Span, { reporter }: Naming): void {
  reporter.report("MTL3150", { found: describeValue(found) }, span);
}

/** The first argument of a call, or of the call that is this argument; and the call with another one in its place. */
function namesOfCall(
  call: Expression,
): { readonly names: Expression; readonly put: (name: Expression) => Expression } | undefined {
  if (call.kind === "Parenthesized") return namesOfCall(call.inner);
  if (call.kind !== "Call") return undefined;
  const at = call.arguments.findIndex(({ name }) => name === undefined);
  const argument = call.arguments[at];
  if (argument === undefined) return undefined;
  const put = (value: Expression): Expression => ({
    ...call,
    arguments: call.arguments.with(at, { ...argument, value }),
  });
  if (argument.value.kind !== "Call") return { names: argument.value, put };
  const inner = namesOfCall(argument.value);
  return inner === undefined ? undefined : { names: inner.names, put: (name) => put(inner.put(name)) };
}

/** All features; without any, the word is a name that nothing declares. */
function allOf(features: Naming["features"], span: Span): readonly Expression[] | undefined {
  return features === undefined || features.length === 0 ? undefined : features.map((text) => nameAt(text, span));
}

function nameAt(text: string, span: Span): NameExpression {
  return { kind: "NameExpression", name: { kind: "Name", text, span, derived: true }, span };
}

function membersOfRange(range: NameRange, { reporter, features, declared, removed }: Naming): readonly Expression[] {
  const found = namesOfRange(range);
  if (found.kind === "problem") {
    reporter.report("MTL2030", { problem: found.problem }, range.span, { help: rangeHelp });
    return [];
  }
  const names = found.names.map(({ name }) => name);
  const isKnown = ({ text }: Name): boolean => features === undefined || declared.has(text);
  const isGone = names.every((name) => removed.has(name.text));
  const unknown = names.filter((name) => !isKnown(name) && (isGone || !removed.has(name.text)));
  const [first] = unknown;
  if (first !== undefined)
    reporter.report(
      "MTL2031",
      {
        first: first.text,
        more: unknown.length - 1,
        suggestion: first.derived === true ? undefined : suggest(first.text, features ?? []),
      },
      range.span,
    );
  return names
    .filter(isKnown)
    .map((name) => ({ kind: "NameExpression", name, span: name.derived === true ? range.span : name.span }));
}

/** `features but [position, hour]`. */
function membersLeft({ base, without, span }: ButExpression, naming: Naming): readonly Expression[] {
  const all = flatMembers(base, naming);
  const taken = flatMembers(without, naming);
  const names = all.flatMap((item) => (item.kind === "NameExpression" ? [item.name.text] : []));
  let sound = all.length > 0;
  for (const item of taken) {
    if (item.kind === "NameExpression" && names.includes(item.name.text)) continue;
    sound = false;
    if (item.kind === "Missing" || (item.kind === "NameExpression" && naming.removed.has(item.name.text))) continue;
    const name = item.kind === "NameExpression" ? item.name.text : undefined;
    const suggestion = name === undefined ? undefined : suggest(name, names);
    naming.reporter.report("MTL2032", { name, suggestion }, item.span, {
      suggest: { span: item.span, word: suggestion },
    });
  }
  const left = new Set(taken.flatMap((item) => (item.kind === "NameExpression" ? [item.name.text] : [])));
  const rest = all.filter((item) => item.kind !== "NameExpression" || !left.has(item.name.text));
  if (sound && rest.length === 0) naming.reporter.report("MTL2033", undefined, span);
  return rest;
}

function flatMembers(expression: Expression, naming: Naming): readonly Expression[] {
  const members = membersOf(expression, naming);
  if (members !== undefined) return members;
  if (expression.kind === "Parenthesized") return flatMembers(expression.inner, naming);
  if (expression.kind === "String") return [featureOf(expression, naming)];
  return expression.kind === "List"
    ? expression.items.flatMap((item) => flatMembers(item, naming))
    : [spell(expression, naming)];
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "kind" in value && "span" in value;
}

/** Kinds of nodes that may abbreviate several names. */
function mayBeNames(node: AnyNode): node is NameRange | ButExpression | NameExpression | EachExpression {
  return ["NameRange", "But", "NameExpression", "Each"].includes(node.kind);
}
