/** What the columns of a file most likely are: labels, groups, features and how the network sees them. Pure. */
import { groupDigits, omitUndefined, quote } from "../../compiler/text/index.js";
import type { ColumnProfile, FileProfile } from "../data/index.js";

/** A label: an event of a column. */
export interface LabelGuess {
  readonly column: string;
  /** The event as an expression of its column, `== 1`; absent where the column is one of zeros and ones. */
  readonly test?: string;
  /** The label that it lies within. */
  readonly within?: string;
}

/** A feature, by what it is. */
export interface FeatureGuess {
  readonly column: string;
  readonly kind: "categorical" | "numeric" | "bag" | "sequence";
  /** Width of the embedding, where it has one of its own. */
  readonly embed?: number;
  /** All other options as the spec writes them: `scale: log1p_standard`. */
  readonly options: readonly string[];
  /** Of a sequence: the column whose values these are, too, and which is attended for. */
  readonly target?: string;
  /** What was seen: `1,204 values`. */
  readonly seen: string;
}

type Separator = keyof ColumnProfile["separated"];

/** A column that is not a feature, and why. */
export interface LeftColumn {
  readonly column: string;
  readonly why: string;
}

export interface Guess {
  readonly labels: readonly LabelGuess[];
  /** Columns that may be labels as well. */
  readonly questions: readonly LabelGuess[];
  readonly group?: string;
  /** Whether the group is a request of its own, of which serving knows nothing beforehand: a search, a query. */
  readonly groupIsRequest: boolean;
  readonly features: readonly FeatureGuess[];
  readonly left: readonly LeftColumn[];
  /** Texts that mean null. */
  readonly nulls: readonly string[];
}

const outcomeWords =
  /(^|[^a-z])(click(ed|s)?|clk|ctr|buy|bought|purchase[ds]?|conver[a-z]*|cvr|order(ed)?|pay|paid|cart|fav[a-z]*|collect|like[ds]?|share[ds]?|follow(ed)?|comment(ed)?|finish(ed)?|install(ed)?|label|target|y|good|relevan[a-z]*|income)([^a-z]|$)|点击|购买|转化|收藏|加购|下单|成交|点赞|分享|关注/i;
const gradeWords = /(^|[^a-z])(rating|rate|score|stars?|grade|label|relevance|rel)([^a-z]|$)|评分|评级/i;
const groupWords =
  /(^|[^a-z])(users?|uid|userid|member|buyer|customer|visitor|search|session|query|qid|request|impression)([^a-z]|$)|用户|会员|查询/i;
const itemWords =
  /(^|[^a-z])(items?|iid|itemid|goods|sku|product|doc|video|movie|song|article|news|ad|shop|商品|视频)([^a-z]|$)|商品|视频|物品/i;
const requestWords = /(^|[^a-z])(search|session|query|qid|request|impression|pv)([^a-z]|$)|查询/i;
const placeWords = /(^|[^a-z])(position|pos|slot)([^a-z]|$)|位置/i;
const idWords = /(^|[^a-z])(id|uid|iid|cid|pid|qid|code|zip|no|sku)([^a-z]|$)|[a-z](Id|ID)$|编号/;
const historyWords =
  /(^|[^a-z])(hist(ory)?|his|seq(uence)?|recent|last|clicked|viewed|seen|bought|watched|past)([^a-z]|$)|历史|序列/i;
const severalWords =
  /(^|[^a-z])(seq(uence)?|lists?|tags|genres?|keywords|words|titles?|topics|categories|hist(ory)?)([^a-z]|$)/i;
const timeWords = /(^|[^a-z])(time(stamp)?|date(time)?|ts|dt|day|created|updated)([^a-z]|$)|时间|日期/i;

/** The guesses from the counts of a file; `named` are labels that the user gave. */
export async function guessColumns(profile: FileProfile, named: readonly string[]): Promise<Guess> {
  const { columns } = profile;
  const candidates = named.length > 0 ? columns.filter(({ name }) => named.includes(name)) : columns;
  const plain = candidates.flatMap((column) => outcomeOf(column, named.length > 0));
  // Two texts that say nothing by themselves are asked only where nothing else is told.
  const found =
    plain.length > 0 ? plain : columns.flatMap((column) => (column.distinct === 2 ? outcomeOf(column, true) : []));
  const likely = found.filter(({ column }) => named.length > 0 || outcomeWords.test(column) || gradeWords.test(column));
  const events = likely.length > 0 ? likely : found.slice(-1);
  const labels = await nested(events.slice(0, 4), profile);
  const taken = new Set(labels.map(({ column }) => column));
  const questions = found.filter(({ column }) => !taken.has(column));
  const group = groupOf(columns.filter(({ name }) => !taken.has(name)));
  const groupIsRequest = group !== undefined && requestWords.test(spaced(group));
  const features: FeatureGuess[] = [];
  const left: LeftColumn[] = [];
  for (const column of columns) {
    if (taken.has(column.name)) continue;
    const feature =
      groupIsRequest && column.name === group
        ? { column: column.name, why: "it names the request" }
        : profile.format === "libsvm" && column.name === "comment"
          ? { column: column.name, why: "it is the comment of a line" }
          : featureOf(column, profile, await idsOf(column, profile));
    if ("kind" in feature) features.push(feature);
    else left.push(feature);
  }
  return {
    labels,
    questions,
    ...omitUndefined({ group }),
    groupIsRequest,
    features: await withHistories(features, profile),
    left,
    nulls: [...new Set(columns.filter(isMostlyNumbers).flatMap(({ nullTexts }) => nullTexts))].sort(),
  };
}

/** The event that a column tells, where it has two values or is a grade. */
function outcomeOf(column: ColumnProfile, isNamed: boolean): readonly LabelGuess[] {
  const { name, distinct, top, numbers, wholes, rows, nulls, minimum = 0, maximum = 0 } = column;
  if (column.kind.kind === "list") return [];
  const values = top.map(({ value }) => value.toLowerCase());
  if (distinct === 2) {
    const is = (...pair: readonly string[]): boolean => pair.every((value) => values.includes(value));
    if (is("0", "1") || is("0.0", "1.0") || (numbers === rows - nulls && minimum === 0 && maximum === 1))
      return [{ column: name }];
    if (is("-1", "1")) return [{ column: name, test: "== 1" }];
    if (column.kind.kind === "boolean") return [{ column: name }];
    for (const yes of ["true", "yes", "y", "t"])
      if (values.includes(yes)) {
        const written = top.find(({ value }) => value.toLowerCase() === yes)?.value ?? yes;
        return [{ column: name, test: `== ${quote(written)}` }];
      }
    if (!isNamed) return [];
    // Of two texts, the rarer one is what happens.
    const rare = top.at(-1)?.value ?? "";
    return [{ column: name, test: numbers === rows - nulls ? `== ${Number(rare)}` : `== ${quote(rare)}` }];
  }
  const isGrade = distinct > 2 && distinct <= 20 && numbers === rows - nulls && wholes === numbers;
  if (!isGrade || (!isNamed && !gradeWords.test(name))) return [];
  return [{ column: name, test: `>= ${goodGrade(column)}` }];
}

/** The grade from which on at most half of the rows are good. */
function goodGrade({ top, rows, nulls, maximum = 1 }: ColumnProfile): number {
  const grades = top.map(({ value, count }) => ({ grade: Number(value), count })).toSorted((a, b) => b.grade - a.grade);
  let good = 0;
  let best = maximum;
  for (const { grade, count } of grades) {
    if (good + count > 0.6 * (rows - nulls)) break;
    good += count;
    best = grade;
  }
  return best;
}

/** Labels in the order in which one lies within another: a purchase within a click. */
async function nested(events: readonly LabelGuess[], profile: FileProfile): Promise<readonly LabelGuess[]> {
  const rateOf = (name: string): number => profile.columns.find((column) => column.name === name)?.mean ?? 0;
  const plain = events.filter(({ test }) => test === undefined).toSorted((a, b) => rateOf(b.column) - rateOf(a.column));
  const [outer, inner, ...others] = plain;
  if (outer === undefined || inner === undefined || others.length > 0 || plain.length < events.length) return events;
  return (await profile.liesWithin(inner.column, outer.column)) ? [outer, { ...inner, within: outer.column }] : events;
}

/** A column whose values group rows: users, searches, queries. */
function groupOf(columns: readonly ColumnProfile[]): string | undefined {
  const fits = columns.filter(
    ({ name, distinct, rows, nulls, kind }) =>
      kind.kind !== "list" &&
      groupWords.test(spaced(name)) &&
      distinct > 1 &&
      distinct < 0.9 * rows &&
      nulls < 0.5 * rows,
  );
  const isId = ({ name }: ColumnProfile): boolean => idWords.test(spaced(name)) || groupWords.test(spaced(name));
  return fits.filter(isId).toSorted((a, b) => b.distinct - a.distinct)[0]?.name;
}

/** `userId` as `user Id`, so that its words are found. */
function spaced(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ");
}

/** The column of a candidate's identifier. */
export function itemColumn(columns: readonly ColumnProfile[]): string | undefined {
  const named = columns.filter(({ name, kind }) => kind.kind !== "list" && itemWords.test(spaced(name)));
  return (named.find(({ name }) => idWords.test(spaced(name))) ?? named.toSorted((a, b) => b.distinct - a.distinct)[0])
    ?.name;
}

function isMostlyNumbers({ numbers, nullTexts, rows, nulls, kind }: ColumnProfile): boolean {
  return kind.kind === "text" && nullTexts.length > 0 && numbers > 0.5 * (rows - nulls);
}

function featureOf(column: ColumnProfile, profile: FileProfile, ids: number | undefined): FeatureGuess | LeftColumn {
  const { name, kind, rows, nulls, distinct, numbers } = column;
  const values = rows - nulls;
  const count = groupDigits(distinct);
  const empty = nulls > 0 ? `, ${((100 * nulls) / rows).toFixed(nulls / rows < 0.001 ? 2 : 1)} % empty` : "";
  const category = (embed: number): FeatureGuess => {
    // Where an item was shown is not a reason to show it: served, everything is at the first position.
    const place = placeWords.test(spaced(name)) && isSmallWhole(column) ? [`serving: ${column.minimum ?? 1}`] : [];
    const hash = distinct > 200_000 ? [`hash: ${roundUp(distinct)}`] : [];
    const vocabulary = ids === undefined ? hash : [`ids: ${grouped(ids)}`];
    return {
      column: name,
      kind: "categorical",
      embed,
      options: [...vocabulary, ...place],
      seen: `${count} values${empty}`,
    };
  };
  if (kind.kind === "list")
    return { column: name, kind: "bag", embed: 8, options: [], seen: `lists of ${count} values` };
  if (distinct === 0) return { column: name, why: "empty" };
  if (distinct === 1 && nulls === 0) return { column: name, why: `always ${quote(column.top[0]?.value ?? "")}` };
  const separator = separatorOf(column);
  if (separator !== undefined)
    return {
      column: name,
      kind: "bag",
      embed: 8,
      options: separator === "|" ? [] : [`separator: ${quote(separator)}`],
      seen: `several values a text${empty}`,
    };
  const isNumber = numbers + (isMostlyNumbers(column) ? values - numbers : 0) === values && kind.kind !== "boolean";
  if (!isNumber) {
    if (timeWords.test(spaced(name)) && looksLikeTime(column))
      return { column: name, why: "a time: write features of it" };
    if (distinct > 0.9 * values && values > 100) return { column: name, why: "another text in nearly every row" };
    return category(embedOf(distinct));
  }
  return numberFeature(column, profile, category, `${count} values${empty}`);
}

function numberFeature(
  column: ColumnProfile,
  { sampled }: FileProfile,
  category: (embed: number) => FeatureGuess,
  seen: string,
): FeatureGuess | LeftColumn {
  const { name, distinct, numbers, wholes, minimum = 0, maximum = 0, median = 0 } = column;
  const isWhole = wholes === numbers;
  const isNamedId = idWords.test(spaced(name)) || itemWords.test(spaced(name)) || groupWords.test(spaced(name));
  if (timeWords.test(spaced(name)) && minimum > 1e8 && isWhole)
    return { column: name, why: "a time: write features of it" };
  if (isWhole && distinct === sampled && sampled > 100 && minimum + distinct - 1 === maximum)
    return { column: name, why: "the number of the row" };
  if (isWhole && (isNamedId || /^categorical/i.test(name)) && !/^num/i.test(name)) return category(embedOf(distinct));
  if (isWhole && distinct <= 24 && minimum >= 0 && !/^(num|f)[a-z]*_?\d+$/i.test(name))
    return category(embedOf(distinct));
  const isSkewed = minimum >= 0 && maximum > 50 && maximum > 20 * Math.max(median, 1);
  return { column: name, kind: "numeric", options: isSkewed ? ["scale: log1p_standard"] : [], seen };
}

function isSmallWhole({ numbers, wholes, rows, nulls, distinct, minimum = -1 }: ColumnProfile): boolean {
  return numbers === rows - nulls && wholes === numbers && distinct <= 200 && minimum >= 0;
}

function separatorOf({ name, kind, numbers, rows, nulls, separated }: ColumnProfile): Separator | undefined {
  if (kind.kind !== "text" || numbers > 0.5 * (rows - nulls)) return undefined;
  const values = rows - nulls;
  const found = (["|", ",", ";"] as const).find((each) => separated[each] > 0.3 * values);
  // A blank is in many a text that is one value.
  return found ?? (severalWords.test(spaced(name)) && separated[" "] > 0.3 * values ? " " : undefined);
}

/** How many ids there are, where the values are ids already: many whole numbers from 0 or 1 on, without great gaps. */
async function idsOf(column: ColumnProfile, { sampled, rows, largest }: FileProfile): Promise<number | undefined> {
  const { name, kind, numbers, wholes, nulls, distinct, minimum = -1, maximum = 0, top } = column;
  if (kind.kind === "list" || distinct <= 200 || numbers !== column.rows - nulls || wholes !== numbers)
    return undefined;
  if (minimum < 0 || minimum > 1 || distinct < 0.5 * (maximum + 1)) return undefined;
  if (!top.every(({ value }) => /^\d+$/.test(value))) return undefined;
  return 1 + (rows > sampled ? await largest(name) : maximum);
}

/** Bags that are histories of what another column has: sequences that are attended for it. */
async function withHistories(
  features: readonly FeatureGuess[],
  { shareWithin }: FileProfile,
): Promise<readonly FeatureGuess[]> {
  const targets = features.filter(({ kind }) => kind === "categorical");
  const all: FeatureGuess[] = [];
  for (const feature of features) {
    const { column, kind, options, seen } = feature;
    const isHistory = kind === "bag" && historyWords.test(spaced(column));
    const separator = /separator: "(.)"/.exec(options[0] ?? "")?.[1] ?? "|";
    let best: { readonly target?: string; readonly share: number } = { share: 0.5 };
    for (const target of isHistory ? targets : []) {
      const share = await shareWithin(column, separator, target.column);
      if (share > best.share) best = { target: target.column, share };
    }
    const { target } = best;
    if (target === undefined) all.push(feature);
    else all.push({ column, kind: "sequence", options, target, seen: `a history of ${target}, ${seen}` });
  }
  return all;
}

/** `1_682`. */
function grouped(count: number): string {
  return groupDigits(count, "_");
}

function looksLikeTime({ top }: ColumnProfile): boolean {
  return top.every(({ value }) => /^\d{4}[-/]\d{1,2}[-/]\d{1,2}/.test(value) || /^\d{1,2}:\d{2}/.test(value));
}

function embedOf(distinct: number): number {
  return distinct <= 10 ? 4 : distinct <= 1000 ? 8 : 16;
}

function roundUp(count: number): number {
  return 10 ** Math.ceil(Math.log10(count));
}
