import { cutWeight, idOfText } from "../../model/index.js";
import type {
  Arguments,
  ColumnExpression,
  FeatureModel,
  FeatureType,
  NumericScale,
  Vocabulary,
} from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { featureEntries } from "../../syntax/index.js";
import { omitUndefined, suggest, type Span, writeColumn } from "../../text/index.js";
import { checkArguments } from "../arguments/arguments.js";
import { checkColumnExpression, columnOfName, columnUses, type TypedColumnExpression } from "./column-expressions.js";
import { literalsOf, meantColumn } from "./column-names.js";
import { setType, type CheckContext } from "../context.js";
import { featureKindNames, featureKinds, findFeatureKind, type FeatureKind } from "./feature-types.js";
import { suggestedBy } from "../names/suggestion.js";
import { missingId, missingOrOutside } from "./missing-ids.js";
import { embedWidth } from "./embed-width.js";
import { readSequence } from "./sequence-types.js";
import { checkWeighted } from "./weighted-bags.js";
import { alignSequences } from "./aligned-sequences.js";
import { shareTables } from "./shared-tables.js";

/** The `features` block; features that are wrong are reported and left out. */
export function checkFeatures(context: CheckContext, block: ast.FeaturesBlock | undefined): readonly FeatureModel[] {
  const features: FeatureModel[] = [];
  const types: TypeTable = new Map();
  const sharing = new Set<ast.FeatureGroup>();
  const entries = new Map<FeatureModel, ast.FeatureEntry>();
  for (const entry of block === undefined ? [] : featureEntries(block)) {
    const feature = checkFeature(context, entry, types, sharing);
    // A second declaration of the name was reported; the first one counts.
    if (feature === undefined || context.scope.names.get(feature.name)?.declaration !== entry) continue;
    features.push(feature);
    entries.set(feature, entry);
  }
  return alignSequences(context, shareTables(context, features, entries)).map(({ feature, entry }) => {
    setType(context, entry, { kind: "tensor", shape: featureShape(feature) });
    return feature;
  });
}

/** The shape of a feature as a part of the network: its embedding, one for each position of a sequence, or its number. */
export function featureShape(feature: FeatureModel): readonly number[] {
  switch (feature.kind) {
    case "numeric":
      return [1];
    case "sequence":
      return [feature.max, feature.embed];
    case "numbers":
      return [feature.max, 1];
    default:
      return [feature.embed];
  }
}

/** What a type in the text says, undefined where it is wrong; the features of a group share theirs. */
interface CheckedType {
  readonly args: Arguments;
  readonly type: FeatureType | undefined;
  readonly at: (option: string) => Span;
}

type TypeTable = Map<ast.FeatureEntry["type"], CheckedType | undefined>;

function checkType(context: CheckContext, type: ast.FeatureEntry["type"], table: TypeTable): CheckedType | undefined {
  if (table.has(type)) return table.get(type);
  const checked = type.kind === "Missing" ? undefined : checkCall(context, type);
  table.set(type, checked);
  return checked;
}

function checkCall(context: CheckContext, type: ast.CallExpression | ast.NameExpression): CheckedType | undefined {
  const word = type.kind === "Call" ? type.callee : type.name;
  const kind = findKind(context, word);
  const given = type.kind === "Call" ? type.arguments : [];
  const args =
    kind === undefined
      ? undefined
      : checkArguments(context, { name: kind, span: word.span }, featureKinds[kind].options, given);
  if (kind === undefined || args === undefined) return undefined;
  const at = (option: string): Span => given.find((argument) => argument.name?.text === option)?.span ?? word.span;
  const isGiven = (option: string): boolean => given.some((argument) => argument.name?.text === option);
  return { args, type: readType(context, kind, args, word.span, at, isGiven), at };
}

function checkFeature(
  context: CheckContext,
  entry: ast.FeatureEntry,
  types: TypeTable,
  sharing: Set<ast.FeatureGroup>,
): FeatureModel | undefined {
  const { name } = entry;
  const checked = checkType(context, entry.type, types);
  if (checked === undefined || name.text === "") return undefined;
  const { args, type } = checked;
  const source = readSource(context, entry, checked, sharing);
  if (type === undefined || source === undefined) return undefined;
  const serving = servingOf(args);
  if (serving.kind === "value") warnOfUnlisted(context, name.text, type, String(serving.value), checked.at("serving"));
  return {
    name: name.text,
    ...omitUndefined({ doc: entry.doc }),
    source,
    serving,
    dropout: Number(args["dropout"]),
    span: entry.span,
    ...type,
  };
}

/** MTL6027: what serving sees is not in the vocabulary that the spec lists, or not an id. */
function warnOfUnlisted(context: CheckContext, feature: string, type: FeatureType, value: string, span: Span): void {
  if (!("vocabulary" in type)) return;
  const { vocabulary } = type;
  const items = "separator" in type ? value.split(type.separator) : [value];
  const used = type.kind === "bag" && type.weighted === true ? items.map((item) => cutWeight(item).value) : items;
  if (vocabulary.kind === "ids") {
    const { count } = vocabulary;
    if (used.some((each) => idOfText(each, count) === 0))
      context.reporter.report("MTL6027", { feature, value, ids: count }, span);
    return;
  }
  if (vocabulary.kind !== "listed") return;
  const { values } = vocabulary;
  if (used.every((each) => values.includes(each))) return;
  const meant = suggest(value, values);
  context.reporter.report("MTL6027", { feature, value }, span, {
    help: `${meant === undefined ? "" : `did you mean \`${meant}\`? `}\`serving: none\` leaves the part that reads it out`,
  });
}

function findKind(context: CheckContext, word: ast.Name): FeatureKind | undefined {
  if (word.text === "") return undefined;
  const kind = findFeatureKind(word.text);
  if (kind !== undefined) return kind;
  const { suggestion, details } = suggestedBy(word, featureKindNames);
  context.reporter.report(
    "MTL2004",
    { name: word.text, what: "a kind of feature", known: featureKindNames, suggestion },
    word.span,
    details,
  );
  return undefined;
}

function servingOf(args: Arguments): FeatureModel["serving"] {
  const value = args["serving"];
  if (value === false) return { kind: "none" };
  if (typeof value === "number" || typeof value === "string") return { kind: "value", value };
  return { kind: "data" };
}

/** `= expression`, `column: "name"`, or the column of the feature's own name; `sharing` has groups that were reported. */
function readSource(
  context: CheckContext,
  entry: ast.FeatureEntry,
  { args, at }: CheckedType,
  sharing: Set<ast.FeatureGroup>,
): ColumnExpression | undefined {
  const { group, number } = entry.of ?? {};
  const given = args["column"];
  // `column: "x_*"` of a range has the number in the place of the star.
  const column = typeof given === "string" && number !== undefined ? given.replace("*", number) : given;
  const shared = entry.source === undefined ? (column === given ? given : null) : sharedSource(entry);
  if (group !== undefined && typeof shared === "string" && featureEntries({ entries: [group] }).length > 1) {
    if (!sharing.has(group))
      context.reporter.report(
        "MTL3050",
        { option: entry.source === undefined ? "column" : "= …" },
        entry.source?.span ?? at("column"),
        {
          help: `give each of them an entry of its own; in a range, ${entry.source === undefined ? '`column: "x_*"`' : '`column("x_*")`'} has the number in the place of \`*\``,
        },
      );
    sharing.add(group);
    return undefined;
  }
  if (entry.source === undefined)
    return columnOfName(typeof column === "string" ? column : (entry.name.quoted ?? entry.name.text), entry.name.span);
  const typed = checkColumnExpression(context, entry.source);
  if (typeof column === "string") {
    context.reporter.report("MTL3018", { first: "column", second: "= …", owner: entry.name.text }, at("column"), {
      labels: [{ span: entry.source.span, message: "and where its values come from is said here too" }],
    });
    return undefined;
  }
  return typed === undefined || !fitsKind(context, entry, typed) ? undefined : typed.expression;
}

/** The expression of a feature's group, where it is the same for all: it has no star for the numbers of a range. */
function sharedSource({ source, of }: ast.FeatureEntry): string | null {
  return source === of?.group.source ? "= …" : null;
}

/** Whether an expression gives what the kind of feature reads; reports it otherwise. */
function fitsKind(
  context: CheckContext,
  entry: ast.FeatureEntry,
  { expression, type }: TypedColumnExpression,
): boolean {
  const { source, name } = entry;
  if (source === undefined) return true;
  if (columnUses(expression).length === 0) {
    context.reporter.report(
      "MTL3051",
      { what: "feature", name: name.text },
      source.span,
      meantColumn(...literalsOf(source)),
    );
    return false;
  }
  const word =
    entry.type.kind === "Call"
      ? entry.type.callee.text
      : entry.type.kind === "NameExpression"
        ? entry.type.name.text
        : "";
  if (word === "categorical" && type === "number" && isSumOfColumns(expression)) {
    const columns = [...new Set(columnUses(expression).map(({ column }) => writeColumn(column)))];
    const crossed = columns.slice(1).reduce((left, right) => `cross(${left}, ${right})`, columns[0] ?? "");
    context.reporter.report("MTL6023", { name: name.text }, source.span, {
      help: `for the combination of their values, write \`= ${crossed}\`; a number as such is read by \`bucket\` and \`numeric\``,
    });
  }
  if ((word !== "numeric" && word !== "bucket") || type === "any" || type === "number") return true;
  context.reporter.report("MTL3052", { name: name.text, kind: word, found: type }, source.span, {
    help:
      type === "bool"
        ? `a condition is a category: \`${name.text}: categorical(values: ["false", "true"]) = …\``
        : `a text is a category: \`${name.text}: categorical = …\``,
  });
  return false;
}

/** Whether a value is a sum, difference or product of several columns only: 2 + 10 is 10 + 2. */
function isSumOfColumns(expression: ColumnExpression): boolean {
  if (expression.kind !== "binary" || new Set(columnUses(expression).map(({ column }) => column)).size < 2)
    return false;
  const isPlain = (part: ColumnExpression): boolean => {
    switch (part.kind) {
      case "column":
        return true;
      case "binary":
        return ["+", "-", "*"].includes(part.operator) && isPlain(part.left) && isPlain(part.right);
      default:
        return false;
    }
  };
  return isPlain(expression);
}

function readType(
  context: CheckContext,
  kind: FeatureKind,
  args: Arguments,
  span: Span,
  at: (option: string) => Span,
  isGiven: (option: string) => boolean,
): FeatureType | undefined {
  switch (kind) {
    case "numeric": {
      // Trees take numbers as they are, and know what is missing.
      const isOpen = (option: string): boolean =>
        context.hasTrees && !isGiven(option) && context.defaults.get(kind)?.has(option) !== true;
      const missing = isOpen("missing") ? "none" : args["missing"];
      return {
        kind,
        // The parameter's choices are this very list.
        scale: isOpen("scale") ? "none" : (args["scale"] as NumericScale),
        missing: missing === "mean" || missing === "none" ? missing : Number(missing),
      };
    }
    case "bucket": {
      const boundaries = readBoundaries(context, args, span, at);
      const missing = missingId(args);
      const embed = boundaries === undefined ? undefined : embedWidth(context, args, boundaries, at);
      return boundaries === undefined || embed === undefined
        ? undefined
        : { kind, boundaries, embed, ...omitUndefined({ missing }) };
    }
    case "sequence":
      return readSequence(context, { args, span, at, isGiven }, () => readVocabulary(context, args, at, isGiven));
    case "categorical":
    case "bag": {
      const vocabulary = readVocabulary(context, args, at, isGiven);
      const embed = vocabulary === undefined ? undefined : embedWidth(context, args, vocabulary, at);
      if (vocabulary === undefined || embed === undefined) return undefined;
      if (kind === "categorical") {
        const missing = missingOrOutside(context, args, vocabulary, at);
        return missing === null ? undefined : { kind, vocabulary, embed, ...omitUndefined({ missing }) };
      }
      if (args["weighted"] === true && !checkWeighted(context, args, at, isGiven)) return undefined;
      const value = args["missing"];
      const isValue = typeof value === "string" || typeof value === "number";
      const ofEmpty = isValue ? { missing: { kind: "value", value } as const } : {};
      return {
        kind,
        vocabulary,
        embed,
        pool: args["pool"] as "mean" | "sum" | "max",
        separator: String(args["separator"]),
        max: Number(args["max"]),
        ...(args["weighted"] === true ? { weighted: true as const } : {}),
        ...ofEmpty,
      };
    }
  }
}

const vocabularyOptions = ["hash", "ids", "values", "like", "vocab", "min_count"] as const;

function readVocabulary(
  context: CheckContext,
  args: Arguments,
  at: (option: string) => Span,
  isGiven: (option: string) => boolean,
): Vocabulary | undefined {
  const given = vocabularyOptions.filter((option) => args[option] !== null);
  const [first, second] = given;
  // `vocab` and `min_count` cut the same list; every other pair says two things at once.
  if (first !== undefined && second !== undefined && first !== "vocab") {
    context.reporter.report("MTL3018", { first, second, owner: "" }, at(second), {
      labels: [{ span: at(first), message: "this already says where ids come from" }],
      help: "`hash` and `ids` need no vocabulary; `values` lists it; `like` takes that of another feature; `vocab` and `min_count` cut the one found in the training data",
    });
    return undefined;
  }
  const { hash, ids, values, vocab, like } = args;
  if (typeof like === "string") return readLike(context, like, isGiven, at);
  if (typeof hash === "number") return { kind: "hash", buckets: hash };
  if (typeof ids === "number") return { kind: "ids", count: ids };
  if (Array.isArray(values)) {
    const texts = (values as readonly (string | number)[]).map(String);
    const twice = texts.find((text, i) => texts.indexOf(text) !== i);
    if (twice === undefined) return { kind: "listed", values: texts };
    context.reporter.report("MTL3019", { option: "values", problem: `\`${twice}\` is repeated in it` }, at("values"));
    return undefined;
  }
  return {
    kind: "fitted",
    ...(typeof vocab === "number" ? { limit: vocab } : {}),
    minCount: args["min_count"] === null ? 1 : Number(args["min_count"]),
  };
}

/** `like: item_id`; the width is that of the other feature. */
function readLike(
  context: CheckContext,
  feature: string,
  isGiven: (option: string) => boolean,
  at: (option: string) => Span,
): Vocabulary | undefined {
  if (!isGiven("embed")) return { kind: "like", feature };
  context.reporter.report("MTL3018", { first: "like", second: "embed", owner: "" }, at("embed"), {
    labels: [{ span: at("like"), message: "this already says where embeddings come from" }],
    help: `the width is that of \`${feature}\``,
  });
  return undefined;
}

type Boundaries = Extract<FeatureType, { kind: "bucket" }>["boundaries"];

function readBoundaries(
  context: CheckContext,
  args: Arguments,
  span: Span,
  at: (option: string) => Span,
): Boundaries | undefined {
  const { boundaries, quantiles, bins } = args;
  const [first, second] = (["boundaries", "quantiles", "bins"] as const).filter((option) => args[option] !== null);
  if (first !== undefined && second !== undefined) {
    context.reporter.report("MTL3018", { first, second, owner: "" }, at(second), {
      labels: [{ span: at(first), message: "this already says where buckets begin" }],
    });
    return undefined;
  }
  if (typeof quantiles === "number") return { kind: "quantiles", count: quantiles };
  if (typeof bins === "number") return { kind: "bins", count: bins };
  if (!Array.isArray(boundaries)) {
    context.reporter.report(
      "MTL3001",
      {
        callee: "bucket",
        parameter: "boundaries",
        expected: "a list of numbers (or `quantiles` or `bins`, a whole number)",
      },
      span,
    );
    return undefined;
  }
  const values = boundaries as readonly number[];
  const wrong = values.findIndex((value, i) => i > 0 && value <= (values[i - 1] ?? -Infinity));
  if (wrong < 0) return { kind: "listed", values };
  context.reporter.report(
    "MTL3019",
    { option: "boundaries", problem: `${values[wrong] ?? ""} does not lie above ${values[wrong - 1] ?? ""}` },
    at("boundaries"),
    { help: "list boundaries from small to large, each once" },
  );
  return undefined;
}
