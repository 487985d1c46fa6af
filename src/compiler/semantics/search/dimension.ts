import { numberText, type Span } from "../../text/index.js";

/** What a `search` of a spec chooses from. */
export interface SearchDimension {
  /** Where it is, as a reader understands it: `t_ctr.widths`, `train.optimizer.lr`. One of a spec has it. */
  readonly name: string;
  /** The whole `search …` in the text. */
  readonly span: Span;
  /** An operator is beside it, so that an operation in its place is in parentheses. */
  readonly isOperand: boolean;
  readonly space: SearchSpace;
  /** The value without a search, as in a {@link SearchPoint}. */
  readonly default: number;
}

export type SearchSpace =
  | {
      readonly kind: "choices";
      /** As the spec writes them, in its order, with parentheses where their place needs them; at least two. */
      readonly choices: readonly string[];
    }
  | {
      readonly kind: "range";
      /** `low < high`; above 0 with `log`. Both are reached. */
      readonly low: number;
      readonly high: number;
      /** Equal factors are equally far apart. */
      readonly log: boolean;
      /** Only whole numbers are valid. */
      readonly whole: boolean;
    };

/** A value for each dimension, by name: of choices the index from 0, of a range the number. */
export type SearchPoint = ReadonlyMap<string, number>;

/** The value of a dimension as a spec writes it. */
export function textOfValue({ space, isOperand }: SearchDimension, value: number): string {
  if (space.kind === "choices") return space.choices[value] ?? "";
  return isOperand && value < 0 ? `(${numberText(value)})` : numberText(value);
}

/** The texts of files, by path, with values in the place of their searches. A search without a value is left. */
export function fillSearches(
  texts: ReadonlyMap<string, string>,
  searches: readonly SearchDimension[],
  point: SearchPoint,
): ReadonlyMap<string, string> {
  const filled = new Map(texts);
  // From the end on, so that the places before it stay where they are.
  for (const dimension of searches.toSorted((a, b) => b.span.start - a.span.start)) {
    const { name, span } = dimension;
    const [text, value] = [filled.get(span.file), point.get(name)];
    if (text === undefined || value === undefined) continue;
    filled.set(span.file, text.slice(0, span.start) + textOfValue(dimension, value) + text.slice(span.end));
  }
  return filled;
}

/** A number of a range as a search takes it: a whole one, or one of so many digits that 10,000 of the range differ. */
export function roundedIn(
  { low, high, whole }: { readonly low: number; readonly high: number; readonly whole: boolean },
  value: number,
): number {
  const narrow = (high - low) / Math.max(Math.abs(low), Math.abs(high));
  const digits = Math.min(15, 4 + Math.max(0, Math.floor(-Math.log10(narrow))));
  const rounded = whole ? Math.round(value) : Number(value.toPrecision(digits));
  return Math.min(high, Math.max(low, rounded));
}

/** The middle of a range; with `log` the geometric one. */
export function middleOf(
  low: number,
  high: number,
  { log, whole }: { readonly log: boolean; readonly whole: boolean },
): number {
  const middle = log ? Math.sqrt(low) * Math.sqrt(high) : low + (high - low) / 2;
  return roundedIn({ low, high, whole }, middle);
}
