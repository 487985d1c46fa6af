/** Names that a request provides and nothing reads, where a like name is absent: most likely misspelt. */
import type { ServingInput } from "../../compiler/model/index.js";
import { suggest } from "../../compiler/text/index.js";
import type { RawRow } from "../data/index.js";
import type { FeatureColumn } from "../data/expressions/row-columns.js";

/** A name that nothing reads, told once. */
export interface UnreadName {
  readonly name: string;
  readonly whose: "the candidates" | "the values";
  readonly suggestion?: string;
}

/** Looks at one request after the other; tells each name once. `names` are those of the rows, each once. */
export type UnreadNames = (
  rows: readonly RawRow[],
  names: ReadonlyMap<string, number>,
  values: RawRow,
) => readonly UnreadName[];

/** A name of one or two letters is like too many others. */
const shortest = 3;

/** `columns` are those of the network's features; `others` may be there unread; `told` holds what was told before. */
export function createUnreadNames(
  inputs: readonly ServingInput[],
  columns: readonly FeatureColumn[],
  others: readonly string[],
  told: Set<string>,
): UnreadNames {
  const ofRequest = inputs.filter(({ origin }) => origin === "request").map(({ name }) => name);
  const ofCandidates = inputs.filter(({ origin }) => origin !== "request").map(({ name }) => name);
  const ofValues = new Set([...ofRequest, ...columns.flatMap(({ column, features }) => [column, ...features])]);
  const rowNames = new Set([...ofCandidates, ...columns.map(({ column }) => column)]);
  const known = new Set([...rowNames, ...ofRequest, ...others]);
  const suggestions = new Map<string, string | undefined>();
  const suggestionFor = (key: string): string | undefined => {
    if (!suggestions.has(key)) suggestions.set(key, key.length < shortest ? undefined : suggest(key, rowNames));
    return suggestions.get(key);
  };

  return (rows, names, values) => {
    const found: UnreadName[] = [];
    const tell = (name: UnreadName): void => {
      const key = `${name.whose} ${name.name}`;
      if (told.has(key)) return;
      told.add(key);
      found.push(name);
    };
    for (const key of names.keys()) {
      const suggestion = known.has(key) ? undefined : suggestionFor(key);
      if (suggestion === undefined) continue;
      if (rows.some((row) => Object.hasOwn(row, key) && !Object.hasOwn(row, suggestion)))
        tell({ name: key, whose: "the candidates", suggestion });
    }
    for (const key of Object.keys(values)) {
      if (ofValues.has(key)) continue;
      const suggestion = suggest(key, ofValues);
      tell({ name: key, whose: "the values", ...(suggestion === undefined ? {} : { suggestion }) });
    }
    return found;
  };
}
