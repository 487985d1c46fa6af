/** Ids of the texts of a column, by their entries: each different short text is cleaned and looked up once. */
import type { FittedVocabulary } from "../../../../compiler/model/fitted.js";
import { knownWholes } from "../stored-values.js";
import { cleanText, type TextRules } from "../../expressions/values.js";
import { nullMark } from "../../kernels/index.js";
import { type ColumnVector, textReader } from "../vectors.js";
import { entryWords, packText, shortBytes, shortText, textEntriesOf } from "./short-texts.js";
import { wholesOf } from "./spelled-texts.js";
import { createTextTable, largestNumber, numberOfSeal, placeOf, sealNumber, takePlace } from "./text-table.js";
import { wholeOfText, wholesBelow, withPlace } from "./whole-texts.js";

/** Different texts that are remembered besides those of a vocabulary. */
const rememberedTexts = 2 ** 20;
/** The same of long ones, which take more room. */
const rememberedLong = 2 ** 14;

export interface TextIdsOptions {
  readonly rules: TextRules;
  /** What a null is read as. */
  readonly missing: string | undefined;
  /** The id of a text, 0 where it has none; −1 for zeros. */
  readonly idOf: (text: string) => number;
  /** Texts whose ids are their places from 1, where there are such. */
  readonly vocabulary?: Pick<FittedVocabulary, "values" | "stored">;
}

/** What {@link TextIds} says of a null. */
export const nullText = nullMark;

export interface TextIds {
  /** The ids of the first `rows` rows; good until the next call. */
  ofRows(vector: ColumnVector, rows: number): Int32Array;
  /** The id of one text as a file has it. */
  ofText(raw: string): number;
  /** That of the text of a whole number that `wholeOfText` gives. */
  ofWhole(whole: number): number;
}

/** A number in the table is an id above so many, from 1 for {@link nullText}. */
const firstNumber = 1 - nullText;

/** Whether a whole number may be what these files have for null. */
export function nullsMayBeWholes({ nulls }: TextRules): boolean {
  return nulls.some((text) => /[0-9]/.test(text));
}

/** Numbers as in the table, of each whole number that is one of a list. */
function placesOfWholes(wholes: Int32Array): Int32Array {
  const most = wholes.reduce((largest, whole) => (whole < wholesBelow ? Math.max(largest, whole) : largest), 0);
  const numbers = new Int32Array(most + 1);
  for (let i = 0; i < wholes.length; i++) {
    const whole = wholes[i]!;
    if (whole >= 0 && whole <= most) numbers[whole] = i + 1 + firstNumber;
  }
  return numbers;
}

export function createTextIds({ rules, missing, idOf, vocabulary }: TextIdsOptions): TextIds {
  const table = createTextTable(0);
  /** Numbers as in the table, 0 where there is none yet. */
  let wholes: Int32Array = new Int32Array(0);
  /** What is known of a text, 0 for nothing. */
  const numberOf = (text: string): number => {
    const { words, length } = packText(text);
    if (length > shortBytes) return 0;
    const [a, b, c] = [words[0]!, words[1]!, words[2]!];
    const whole = wholeOfText(a, b, length);
    return whole >= 0 ? (wholes[whole] ?? 0) : numberOfSeal(table.words[placeOf(table.words, a, b, c, length) + 3]!);
  };
  const remember = (text: string, id: number): void => {
    const { words, length } = packText(text);
    if (length > shortBytes || id + firstNumber > largestNumber) return;
    const [a, b, c] = [words[0]!, words[1]!, words[2]!];
    const whole = wholeOfText(a, b, length);
    if (whole >= 0) {
      wholes = withPlace(wholes, whole);
      wholes[whole] = id + firstNumber;
      return;
    }
    const place = placeOf(table.words, a, b, c, length);
    if (table.words[place + 3] === 0) takePlace(table, place, a, b, c, sealNumber(id + firstNumber, length));
  };
  const spelled = vocabulary === undefined || nullsMayBeWholes(rules) ? undefined : knownWholes(vocabulary);
  if (spelled !== undefined) wholes = placesOfWholes(spelled);
  const isKnown = (whole: number): boolean => whole >= 0 && whole < wholesBelow;
  if (vocabulary !== undefined && spelled?.every(isKnown) !== true)
    // A value that means null in these files is none of theirs.
    for (const [i, value] of vocabulary.values.entries()) {
      if (spelled !== undefined && isKnown(spelled[i]!)) continue;
      if (cleanText(value, rules) === value) remember(value, i + 1);
    }
  const most = table.size + rememberedTexts;
  const find = (raw: string): number => {
    const clean = cleanText(raw, rules);
    const text = clean ?? missing;
    // All short values of a vocabulary are known, so that no map of all its texts is made for those that are not.
    const isForeign = vocabulary !== undefined && clean !== null && Buffer.byteLength(clean) <= shortBytes;
    const known = isForeign ? numberOf(clean) : 0;
    const id = text === undefined ? nullText : known > 0 ? known - firstNumber : isForeign ? 0 : idOf(text);
    if (table.size < most) remember(raw, id);
    return id;
  };
  /** Of long texts, which have no place in the table. */
  const longIds = new Map<string, number>();
  const findLong = (raw: string): number => {
    const known = longIds.get(raw);
    if (known !== undefined) return known;
    const id = find(raw);
    if (longIds.size < rememberedLong) longIds.set(raw, id);
    return id;
  };
  let ids = new Int32Array(0);
  const ofRows: TextIds["ofRows"] = (vector, rows) => {
    if (ids.length < rows) ids = new Int32Array(rows);
    const spelled = wholesOf(vector, rows);
    const entries = textEntriesOf(vector);
    const longText = textReader(vector);
    let { words } = table;
    let numbers = wholes;
    for (let row = 0, at = 0; row < rows; row++, at += entryWords) {
      const whole = spelled[row]!;
      const place = whole < 0 ? 0 : (numbers[whole] ?? 0);
      if (place > 0) {
        ids[row] = place - firstNumber;
        continue;
      }
      const length = entries[at]!;
      if (length > shortBytes) {
        ids[row] = findLong(longText(row) ?? "");
        continue;
      }
      const a = entries[at + 1]!;
      const b = entries[at + 2]!;
      const c = entries[at + 3]!;
      const number = whole >= 0 ? 0 : numberOfSeal(words[placeOf(words, a, b, c, length) + 3]!);
      if (number > 0) ids[row] = number - firstNumber;
      else {
        ids[row] = find(shortText(a, b, c, length));
        ({ words } = table);
        numbers = wholes;
      }
    }
    return ids;
  };
  const ofText = (raw: string): number => {
    const number = numberOf(raw);
    return number > 0 ? number - firstNumber : find(raw);
  };
  const ofWhole = (whole: number): number => {
    const number = wholes[whole] ?? 0;
    return number > 0 ? number - firstNumber : find(String(whole));
  };
  return { ofRows, ofText, ofWhole };
}
