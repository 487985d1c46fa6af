/** The features of a first spec as lines: a name or its column in quotes, ranges, lists of what is alike. Pure. */
import { nameOfColumn } from "../../compiler/syntax/index.js";
import { isName, quote } from "../../compiler/text/index.js";
import type { FeatureGuess } from "./guess.js";
import type { Names } from "./names.js";

export interface NamedFeature extends FeatureGuess {
  /** The feature where it is declared and in the network: `age`, `"capital gain"`. */
  readonly key: string;
  /** Whether the key says the column. */
  readonly isColumn: boolean;
}

/** Alike features of a list, and of one that says a width once. */
const few = 3;

/** Every feature with a name of its own. A column in ASCII is its name, in quotes where it has to be. */
export function nameFeatures(features: readonly FeatureGuess[], names: Names): readonly NamedFeature[] {
  // Names of the language first: `a b` and `a_b` are two features.
  const taken = new Set(features.map(({ column }) => column).filter(isName));
  return features.map((feature): NamedFeature => {
    const { column } = feature;
    const name = nameOfColumn(column);
    // eslint-disable-next-line no-control-regex -- printable ASCII
    const isQuoted = !isName(column) && /^[\x20-\x7e]+$/.test(column) && !/["\\*]/.test(column) && !taken.has(name);
    if (!isQuoted) {
      const key = names.forColumn(column, "c");
      return { ...feature, key, isColumn: key === column };
    }
    taken.add(name);
    const free = names.fresh(name);
    return free === name
      ? { ...feature, key: quote(column), isColumn: true }
      : { ...feature, key: free, isColumn: false };
  });
}

/** By kind, the width that most of its features have, where several lines would say it: it is said once, in `defaults`. */
export function widthsOf(features: readonly NamedFeature[]): ReadonlyMap<string, number> {
  const kinds = [...new Set(features.filter(({ embed }) => embed !== undefined).map(({ kind }) => kind))];
  return new Map(
    kinds.flatMap((kind) => {
      const lines = linesOf(features.filter((each) => each.kind === kind && each.embed !== undefined));
      const count = (width: number): number => lines.filter((each) => each === width).length;
      const most = [...new Set(lines)].toSorted((a, b) => count(b) - count(a))[0];
      return most === undefined || count(most) < few ? [] : [[kind, most] as const];
    }),
  );
}

/** The widths of the lines that the features of one kind take. */
function linesOf(features: readonly NamedFeature[]): readonly number[] {
  const groups = new Map<string, readonly NamedFeature[]>();
  for (const each of features) {
    const type = JSON.stringify([each.embed, each.options, each.isColumn || each.column]);
    groups.set(type, [...(groups.get(type) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) =>
    (group.length < few ? group : group.slice(0, 1)).flatMap(({ embed }) => (embed === undefined ? [] : [embed])),
  );
}

/** One line per feature; features that are alike share one, and names that count up are a range. */
export function featureLines(features: readonly NamedFeature[]): readonly string[] {
  const widths = widthsOf(features);
  const types = new Map(features.map((feature) => [feature, typeText(feature, features, widths)] as const));
  const alike = (type: string): readonly NamedFeature[] =>
    features.filter((each) => each.isColumn && types.get(each) === type);
  const done = new Set<NamedFeature>();
  return features.flatMap((feature) => {
    if (done.has(feature)) return [];
    const type = types.get(feature) ?? "";
    const group = feature.isColumn ? alike(type) : [];
    if (group.length < few) return [`${feature.key}: ${type} // ${feature.seen}`];
    for (const each of group) done.add(each);
    const keys = rangesOf(group.map(({ key }) => key));
    return [`${keys.length === 1 ? (keys[0] ?? "") : `[${keys.join(", ")}]`}: ${type}`];
  });
}

function typeText(
  { key, column, kind, embed, options, target, isColumn }: NamedFeature,
  features: readonly NamedFeature[],
  widths: ReadonlyMap<string, number>,
): string {
  const other = features.find((each) => each.column === target);
  const all = [
    ...(target === undefined ? [] : [`like: ${other?.key ?? key}`]),
    ...(embed === undefined || widths.get(kind) === embed ? [] : [`embed: ${embed}`]),
    ...options,
    ...(isColumn ? [] : [`column: ${quote(column)}`]),
  ];
  return all.length === 0 ? kind : `${kind}(${all.join(", ")})`;
}

/** Keys with a range for those, three or more, that differ in one number that counts up. */
function rangesOf(keys: readonly string[]): readonly string[] {
  const ranges: string[] = [];
  for (let at = 0; at < keys.length;) {
    let end = at + 1;
    while (end < keys.length && followsOn(keys[end - 1] ?? "", keys[end] ?? "")) end += 1;
    if (end - at < few) end = at + 1;
    ranges.push(end - at === 1 ? (keys[at] ?? "") : `${keys[at] ?? ""} .. ${keys[end - 1] ?? ""}`);
    at = end;
  }
  return ranges;
}

function followsOn(before: string, next: string): boolean {
  const [a, b] = [before, next].map((key) => /^(.*?)(\d+)("?)$/.exec(key));
  if (a?.[1] === undefined || b?.[1] === undefined || a[2] === undefined || b[2] === undefined) return false;
  const isPadded = a[2].startsWith("0") || b[2].startsWith("0");
  const isLike = a[1] === b[1] && a[3] === b[3] && (!isPadded || a[2].length === b[2].length);
  return isLike && Number(b[2]) === Number(a[2]) + 1;
}
