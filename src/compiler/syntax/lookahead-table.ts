/**
 * The choices of the grammar as tables: which tokens lead to which alternative. The build makes them of Chevrotain's own
 * functions, so that a program that starts needs neither to record its grammar nor to analyse it.
 */
import { EOF, type IToken, type TokenType } from "chevrotain";
import { grammarTokens } from "./tokens.js";

/** For each alternative the tokens that lead to it, by their places in {@link lookaheadTokens}. */
export type TokensByAlternative = readonly (readonly [alternative: number, tokens: readonly number[]])[];

export interface ChoiceTable {
  /** By the next token. */
  readonly first: TokensByAlternative;
  /** By the next but one, after a token that does not decide by itself. */
  readonly second: readonly (readonly [token: number, then: TokensByAlternative])[];
  /** Whether alternatives have gates. Then a token may lead to several: the first whose gate is open. */
  readonly gated: boolean;
}

/** The choices by Chevrotain's key: rule, kind of choice and occurrence in one number. */
export type LookaheadTable = readonly (readonly [key: number, choice: ChoiceTable])[];

/** What a lookahead function is called on. */
export interface TokenReader {
  LA_FAST(distance: number): Pick<IToken, "tokenTypeIdx">;
}

/** An alternative as the grammar says it. */
interface Gated {
  readonly GATE?: () => boolean;
}

/** The alternative that comes next, or whether the optional part does. */
export type Lookahead = (this: TokenReader, alternatives: readonly Gated[]) => number | boolean | undefined;

/** The tokens that tables speak of. */
export const lookaheadTokens: readonly TokenType[] = [...grammarTokens, EOF];

/** The bits of a key that say the kind of choice. */
const kindBits = 0xf00;
const alternation = 0x100;

/** More alternatives than a choice may have. */
const alternativeLimit = 64;

/** The table of a parser's lookahead functions, found by asking them about every pair of tokens. */
export function tabulate(functions: Iterable<readonly [key: number, lookahead: Lookahead]>): LookaheadTable {
  return [...functions].map(([key, lookahead]) => [key, tabulateChoice(lookahead)]);
}

function tabulateChoice(lookahead: Lookahead): ChoiceTable {
  const ask = questioner(lookahead);
  const first: [token: number, alternatives: readonly number[]][] = [];
  const second: (readonly [token: number, then: TokensByAlternative])[] = [];
  let gated = false;
  lookaheadTokens.forEach((type, i) => {
    const answers = lookaheadTokens.map((next) => ask([type, next]));
    gated ||= answers.some((each) => each.gated);
    const [{ alternatives } = { alternatives: [] }] = answers;
    if (answers.every((each) => String(each.alternatives) === String(alternatives))) first.push([i, alternatives]);
    else second.push([i, byAlternative(answers.map((each, j) => [j, each.alternatives]))]);
  });
  return { first: byAlternative(first), second, gated };
}

function byAlternative(
  byToken: readonly (readonly [token: number, alternatives: readonly number[]])[],
): TokensByAlternative {
  const tokens = new Map<number, number[]>();
  for (const [token, alternatives] of byToken)
    for (const each of alternatives) tokens.set(each, [...(tokens.get(each) ?? []), token]);
  return [...tokens].toSorted(([a], [b]) => a - b);
}

interface Answer {
  /** All that the tokens lead to, in the order in which they are tried. */
  readonly alternatives: readonly number[];
  readonly gated: boolean;
}

/** What a function says of the next tokens, with the gates of what it has said closed one after another. */
function questioner(lookahead: Lookahead): (tokens: readonly TokenType[]) => Answer {
  let found: number[] = [];
  let tokens: readonly TokenType[] = [];
  const gates = Array.from({ length: alternativeLimit }, (_, i): Gated => ({ GATE: () => !found.includes(i) }));
  const reader: TokenReader = {
    LA_FAST(ahead) {
      const tokenTypeIdx = tokens[ahead - 1]?.tokenTypeIdx;
      if (tokenTypeIdx === undefined) throw new Error(`the grammar looks ${ahead} tokens ahead`);
      return { tokenTypeIdx };
    },
  };
  return (asked) => {
    [found, tokens] = [[], asked];
    for (;;) {
      const answer = lookahead.call(reader, gates);
      // An optional part that comes is the only alternative of its choice.
      const alternative = answer === true ? 0 : answer;
      if (typeof alternative !== "number") return { alternatives: found, gated: found.length > 0 };
      if (found.includes(alternative)) return { alternatives: found, gated: false };
      found.push(alternative);
    }
  };
}

/** What a token leads to, by the index of its type. */
type Cells = readonly (readonly number[] | undefined)[];

/** The function that a table was made of. */
export function lookaheadFrom(key: number, table: ChoiceTable): Lookahead {
  const find = table.gated ? findOpen(table) : findFirst(table);
  return (key & kindBits) === alternation
    ? find
    : function (alternatives) {
        return find.call(this, alternatives) !== undefined;
      };
}

function findFirst(table: ChoiceTable): Lookahead {
  const cellOf = cellsOf(table);
  return function () {
    return cellOf(this)?.[0];
  };
}

function findOpen(table: ChoiceTable): Lookahead {
  const cellOf = cellsOf(table);
  return function (alternatives) {
    return cellOf(this)?.find((each) => alternatives[each]?.GATE?.call(this) !== false);
  };
}

/** Built when a text first comes to the choice. */
function cellsOf({ first, second }: ChoiceTable): (reader: TokenReader) => readonly number[] | undefined {
  let near: Cells | undefined;
  let far: readonly (Cells | undefined)[] = [];
  return (reader) => {
    if (near === undefined) {
      near = cells(first);
      far = byType(second.map(([token, then]) => [token, cells(then)]));
    }
    const type = reader.LA_FAST(1).tokenTypeIdx;
    const then = far[type];
    return then === undefined ? near[type] : then[reader.LA_FAST(2).tokenTypeIdx];
  };
}

function cells(tokens: TokensByAlternative): Cells {
  const found = new Map<number, number[]>();
  for (const [alternative, list] of tokens)
    for (const token of list) found.set(token, [...(found.get(token) ?? []), alternative]);
  return byType([...found]);
}

function byType<T>(entries: readonly (readonly [token: number, value: T])[]): readonly (T | undefined)[] {
  const values: (T | undefined)[] = [];
  for (const [token, value] of entries) values[lookaheadTokens[token]?.tokenTypeIdx ?? 0] = value;
  return values;
}
