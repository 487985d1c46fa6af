import type { FeatureEntry, FeatureGroup, FeaturesBlock, Name, NameRange } from "../ast.js";
import { nameOfColumn, nameOfText } from "./quoted-name.js";

/** Names that one range may abbreviate. */
export const rangeLimit = 10_000;

/** A name of a range, with its number as the name writes it. */
export interface NumberedName {
  readonly name: Name;
  readonly number: string;
}

/** The names of a range, or why it has none. */
export type RangeNames =
  | { readonly kind: "names"; readonly names: readonly NumberedName[] }
  | { readonly kind: "problem"; readonly problem: string };

const made = new WeakMap<NameRange, RangeNames>();

/**
 * `n_1 .. n_63`: two names that differ in one number, and those between. `f_01 .. f_12` keeps the zeros. The first and the
 * last name are the nodes of the text, the others are derived. The same range gives the same nodes. Of features that are
 * called by their columns, `"c 1" .. "c 9"`, the texts count.
 */
export function namesOfRange(range: NameRange): RangeNames {
  const known = made.get(range);
  if (known !== undefined) return known;
  const names = countNames(range);
  made.set(range, names);
  return names;
}

function countNames({ first, last, span }: NameRange): RangeNames {
  const problem = (text: string): RangeNames => ({ kind: "problem", problem: text });
  if (first.text === "" || last.text === "") return { kind: "names", names: [] };
  const areTexts = first.quoted !== undefined || last.quoted !== undefined;
  const [low, high] = [first.quoted ?? first.text, last.quoted ?? last.text];
  const ends = splitNumber(low, high);
  if (ends === undefined) return problem(`\`${low}\` and \`${high}\` do not differ in one number only`);
  const { before, after, from, to } = ends;
  const count = Number(to) - Number(from) + 1;
  if (count < 1) return problem(`it counts down: \`${high}\` comes before \`${low}\``);
  if (from.length !== to.length && from.length > 1 && from.startsWith("0"))
    return problem(`\`${low}\` has leading zeros and \`${high}\` more digits`);
  if (from.length > to.length) return problem(`\`${low}\` has leading zeros and \`${high}\` fewer digits`);
  if (to.length > 15) return problem("its numbers have more than 15 digits");
  if (count > rangeLimit) return problem(`it has ${count} names; ${rangeLimit} are allowed`);
  const names = Array.from({ length: count }, (_, i): NumberedName => {
    const digits = String(Number(from) + i);
    // Equal widths mean zeros in front; without them the first number is the shortest anyway.
    const number = digits.padStart(from.length, "0");
    const end = i === 0 ? first : i === count - 1 ? last : undefined;
    const text = before + number + after;
    if (end !== undefined) return { name: end, number };
    if (!areTexts) return { name: { kind: "Name", text, span, derived: true }, number };
    return { name: { kind: "Name", text: nameOfColumn(text), span, derived: true, quoted: text }, number };
  });
  return { kind: "names", names };
}

interface RangeEnds {
  readonly before: string;
  readonly after: string;
  readonly from: string;
  readonly to: string;
}

/** Two names cut at the one number in which they differ; of equal names, at the last one. */
function splitNumber(first: string, last: string): RangeEnds | undefined {
  const a = first.split(/(\d+)/);
  const b = last.split(/(\d+)/);
  if (a.length !== b.length) return undefined;
  const different = a.flatMap((piece, i) => (piece === b[i] ? [] : [i]));
  const at = different[0] ?? (a.length > 1 ? a.length - 2 : undefined);
  // Odd pieces are numbers.
  if (at === undefined || different.length > 1 || at % 2 === 0) return undefined;
  const [from, to] = [a[at], b[at]];
  if (from === undefined || to === undefined) return undefined;
  return { before: a.slice(0, at).join(""), after: a.slice(at + 1).join(""), from, to };
}

const split = new WeakMap<FeatureGroup, readonly FeatureEntry[]>();

/** The features of a block: of a group, an entry for each of its names. The same group gives the same entries. */
export function featureEntries({ entries }: Pick<FeaturesBlock, "entries">): readonly FeatureEntry[] {
  return entries.flatMap((entry) => (entry.kind === "Feature" ? [entry] : entriesOfGroup(entry)));
}

function entriesOfGroup(group: FeatureGroup): readonly FeatureEntry[] {
  const known = split.get(group);
  if (known !== undefined) return known;
  const { type, source, doc, span } = group;
  const entries = namesOfGroup(group).map(({ name, number }): FeatureEntry => ({
    kind: "Feature",
    name,
    type,
    ...(source === undefined ? {} : { source }),
    ...(doc === undefined ? {} : { doc }),
    of: { group, ...(number === undefined ? {} : { number }) },
    span,
  }));
  split.set(group, entries);
  return entries;
}

/** The names of a group in the order of the text; of a name in a range, with its number. */
export function namesOfGroup({ names }: Pick<FeatureGroup, "names">): readonly {
  readonly name: Name;
  readonly number?: string;
}[] {
  const items = names.kind === "List" ? names.items : [names];
  return items.flatMap((item): readonly { readonly name: Name; readonly number?: string }[] => {
    if (item.kind === "NameExpression") return [{ name: item.name }];
    if (item.kind === "String") return [{ name: nameOfText(item) }];
    const range = item.kind === "NameRange" ? namesOfRange(item) : undefined;
    return range?.kind === "names" ? range.names : [];
  });
}
