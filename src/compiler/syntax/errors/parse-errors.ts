import { EOF, tokenMatcher, type IRecognitionException, type IToken } from "chevrotain";
import type { ReportDetails, Reporter } from "../../diagnostics/index.js";
import { reservedWords, suggest, type SourceFile, type Span } from "../../text/index.js";
import { familiarWord, type FamiliarPlace } from "./familiar.js";
import { declarationWords } from "../declarations.js";
import { partnerOf } from "../layout.js";
import { tokenSpan } from "../lexer.js";
import { findRuleVerb } from "../../rules/index.js";
import { ruleClauseWords } from "../build/build-rules.js";
import { isClosing, isOpening } from "./nesting.js";
import * as t from "../tokens.js";

/** Where a parse went wrong. */
export interface ParseFault {
  readonly source: SourceFile;
  readonly reporter: Reporter;
  /** The tokens that were parsed. */
  readonly tokens: readonly IToken[];
  readonly error: IRecognitionException;
  /** The rule they were parsed with. */
  readonly rule: string;
}

/** Makes one diagnostic of the first thing that the parser did not expect. */
export function reportParseError(fault: ParseFault): void {
  const situation = situationOf(fault);
  if (reportKnownMistake(situation)) return;
  const { reporter, rule, expected, found, previous, tokens, span } = situation;
  reporter.report(
    "MTL1006",
    {
      expected: expected === "" ? continuationOf(rule, tokens) : expectedAt(situation),
      after: previous === undefined ? undefined : shorten(previous.image),
      found: found === undefined ? undefined : describe(found),
    },
    span,
    helpFor(situation),
  );
}

interface Situation {
  readonly source: SourceFile;
  readonly reporter: Reporter;
  readonly tokens: readonly IToken[];
  /** The innermost rule under way. */
  readonly rule: string;
  /** The grammar's phrase for what could be here; empty where all that was begun is complete. */
  readonly expected: string;
  /** Where among the tokens: their number at their end. */
  readonly index: number;
  readonly found: IToken | undefined;
  readonly previous: IToken | undefined;
  readonly span: Span;
  /** Whether `found` begins an entry of a block: first in the block, on its line, or after a comma. */
  readonly beginsEntry: boolean;
}

function situationOf({ source, reporter, tokens, error, rule: root }: ParseFault): Situation {
  let expected = error.message;
  let index = error.token.tokenType === EOF ? tokens.length : tokens.indexOf(error.token);
  const rule = error.context.ruleStack.at(-1) ?? root;
  const startsEntry = (at: number): boolean => {
    const token = tokens[at];
    const before = tokens[at - 1];
    if (token === undefined || before === undefined || before.tokenType === t.Comma || before.tokenType === t.LCurly)
      return true;
    return /[\r\n]/.test(source.text.slice(before.startOffset, token.startOffset));
  };
  // `event with buy`: what looks like the key of an entry is rather something that does not belong to the entry before.
  const isKey = tokens[index - 2]?.tokenType !== t.DotDot && tokens[index - 1]?.tokenType !== t.RBracket;
  if (expected === t.Colon.LABEL && entryRules.has(rule) && isKey && !startsEntry(index - 1)) {
    index -= 1;
    expected = "";
  }
  const found = tokens[index];
  return {
    source,
    reporter,
    tokens,
    rule,
    expected,
    index,
    found,
    previous: tokens[index - 1],
    span: found === undefined ? endSpan(source, tokens) : tokenSpan(source, found),
    beginsEntry: startsEntry(index),
  };
}

const entryRules: ReadonlySet<string> = new Set(["entry", "featureEntry", "labelEntry", "typedEntry", "paramEntry"]);

/** Reports mistakes that have a message of their own; false when this is none of them. */
function reportKnownMistake(situation: Situation): boolean {
  const { reporter, rule, expected, found, previous, tokens, index, span, beginsEntry } = situation;
  if (found === undefined) return false;
  if (expected === "a declaration") {
    const { suggestion, help } = unknownDeclaration(found, tokens);
    reporter.report("MTL1010", { found: describe(found), suggestion }, span, help === undefined ? {} : { help });
    return true;
  }
  if (expected === t.Identifier.LABEL && reservedWords.has(found.image)) {
    reporter.report("MTL1013", { word: found.image }, span);
    return true;
  }
  if (rule === "ruleEntries" && expected === "" && reportMisspeltClause(situation)) return true;
  const choice = expected === "" && rule === "testSteps" && beginsEntry ? steps : choices[expected];
  if (choice !== undefined && tokenMatcher(found, t.Identifier)) {
    const { word, help } = choice.place === undefined ? {} : (familiarWord(choice.place, found.image) ?? {});
    const suggestion = word ?? (help === undefined ? suggest(found.image, choice.known) : undefined);
    const { what, known } = choice;
    reporter.report("MTL1014", { found: found.image, what, known, suggestion }, span, {
      suggest: { span, word: suggestion },
      ...(help === undefined ? {} : { help }),
    });
    return true;
  }
  if (rule === "taskDeclaration" && found.tokenType === t.Equals && expected === t.Colon.LABEL) {
    const task = previous?.image ?? "";
    // Products and quotients of names: no task has a logit like that.
    const value = tokens.slice(index + 1);
    const isChain = value.some(({ tokenType }) => chainSigns.has(tokenType)) && value.every(isOfChain);
    reporter.report("MTL1015", { task }, span, {
      help: isChain
        ? `what is computed from other tasks is a chain: \`chain ${task} = …\``
        : `state it: \`task ${task}: P(label) = …\`, or \`E(label | event)\`, \`score\``,
    });
    return true;
  }
  return false;
}

/** `drop x wen y == 0` parses up to the `==`, `at mst 3` up to the `3`: the misspelt word is to the left of it. */
function reportMisspeltClause({ source, reporter, tokens, index }: Situation): boolean {
  const [before, name] = [tokens[index - 2], tokens[index - 1]];
  if (before === undefined || name === undefined || !tokenMatcher(name, t.Identifier)) return false;
  const isBound = before.tokenType === t.At;
  const isClause = findRuleVerb(before.image) === undefined && tokenMatcher(before, t.Identifier) && index > 3;
  if (!isBound && !isClause) return false;
  const wrong = isBound ? name : before;
  const choice = isBound ? bounds : clauses;
  if (choice.known.includes(wrong.image)) return false;
  const at = tokenSpan(source, wrong);
  const suggestion = suggest(wrong.image, choice.known);
  reporter.report("MTL1014", { found: wrong.image, ...choice, suggestion }, at, {
    suggest: { span: at, word: suggestion },
  });
  return true;
}

const chainSigns: ReadonlySet<IToken["tokenType"]> = new Set([t.Times, t.Divide, t.Minus]);

function isOfChain(token: IToken): boolean {
  return chainSigns.has(token.tokenType) || tokenMatcher(token, t.Identifier) || token.tokenType === t.NumberToken;
}

/** What to write instead, for mistakes that people make often. */
function helpFor({ rule, expected, found, previous, tokens, index, span }: Situation): ReportDetails {
  if (found === undefined) return {};
  const next = tokens[index + 1];
  if (found.tokenType === t.LParen && previous?.tokenType === t.Event)
    return { help: 'a column of another name goes after `=`: `click: event = column("is click")`' };
  if (found.tokenType === t.Colon && expected === "" && previous !== undefined && next !== undefined)
    return { help: `a column of this name is \`column("${previous.image}:${next.image}")\`` };
  if (found.tokenType === t.Equals && expected === t.Colon.LABEL)
    return { help: "in a block, `:` goes between a name and its value" };
  if (found.tokenType === t.Colon && expected === t.Equals.LABEL) return { help: "a definition is written with `=`" };
  if (found.tokenType === t.Equals && rule === "callArguments" && !isCondition(tokens, index))
    return {
      help: "a named argument is written `name: value`",
      fixes: [{ title: "write `:`", edits: [{ span, newText: ":" }] }],
    };
  if (found.tokenType === t.Equals && (expected === "" || expected === t.RParen.LABEL || expected === t.RBracket.LABEL))
    return { help: "write `==` to compare", fixes: [{ title: "write `==`", edits: [{ span, newText: "==" }] }] };
  if (found.tokenType === t.Dot && expected === "an expression") return { help: "write the zero: `0.5`" };
  if (found.tokenType === t.And && (rule === "event" || rule === "type"))
    return { help: "events are joined by `&`: `P(buy | click & cart)`" };
  return {};
}

/** Whether what is before a place in a call is compared with what follows: `if(a = b, …)`, `min(x + y = 1, …)`. */
function isCondition(tokens: readonly IToken[], index: number): boolean {
  const before = tokens[index - 2];
  if (before === undefined || tokens[index - 1] === undefined) return false;
  if (!tokenMatcher(tokens[index - 1] as IToken, t.Identifier)) return true;
  if (before.tokenType !== t.LParen && before.tokenType !== t.Comma) return true;
  return before.tokenType === t.LParen && tokens[index - 3]?.image === "if";
}

function unknownDeclaration(
  found: IToken,
  tokens: readonly IToken[],
): { readonly suggestion: string | undefined; readonly help?: string } {
  if (tokenMatcher(found, t.Identifier)) {
    const next = tokens[tokens.indexOf(found) + 1]?.tokenType;
    if (next === t.Colon || next === t.Equals)
      return {
        suggestion: undefined,
        help: `begin with what \`${found.image}\` is: \`task\`, \`chain\`, \`tower\`, \`input\`, … — or put it into a block`,
      };
    const suggestion = suggest(found.image, declarationWords);
    if (suggestion !== undefined) return { suggestion };
  }
  return {
    suggestion: undefined,
    help: "a declaration begins with what it is: `features`, `labels`, `input`, `tower`, `task`, `loss`, `rules`, …",
  };
}

interface Choice {
  readonly what: string;
  readonly known: readonly string[];
  /** Where other tools have words of their own for it. */
  readonly place?: FamiliarPlace;
}

const bounds: Choice = { what: "a bound", known: ["most", "least"] };
const clauses: Choice = { what: "a clause of a rule", known: ruleClauseWords };
const steps: Choice = { what: "a step of a test", known: ["at", "candidate", "expect"] };

/** Locations where one of a few words is expected, by the phrase that the grammar has for them. */
const choices: Readonly<Record<string, Choice>> = {
  "a type": {
    place: "type",
    what: "a type",
    known: ["P(…)", "E(…)", "score", "number", "text", "bool", "time", "duration"],
  },
  "`event`, `amount(unit)` or `classes(a, b, …)`": {
    place: "label",
    what: "a kind of label",
    known: ["event", "amount", "classes"],
  },
  "`at`, `candidate` or `expect`": steps,
};

/** The grammar's phrase, widened where more than a closing bracket is expected. */
function expectedAt({ rule, expected: phrase, previous, tokens, index }: Situation): string {
  const open = tokens.slice(0, index).findLastIndex((token) => token.tokenType === t.LParen);
  const inEvent = tokens[open - 1]?.tokenType !== t.NumberWord;
  if (rule === "type" && phrase === t.RParen.LABEL && inEvent) return `\`&\`, \`|\` or ${phrase}`;
  const item = items[rule];
  if (item === undefined || (phrase !== t.RParen.LABEL && phrase !== t.RBracket.LABEL)) return phrase;
  const betweenItems = previous !== undefined && (previous.tokenType === t.Comma || isOpening(previous));
  return betweenItems ? `${item} or ${phrase}` : `an operator, \`,\` or ${phrase}`;
}

/** What goes between the brackets of some rules. */
const items: Readonly<Record<string, string>> = {
  callArguments: "an argument",
  list: "an element",
  defDeclaration: "a parameter",
  members: "a name",
};

/** What could have followed where a piece should have ended. */
function continuationOf(rule: string, tokens: readonly IToken[]): string {
  switch (rule) {
    case "ruleEntries":
      return "a clause of the rule, or the next rule,";
    case "testSteps":
      return "an operator or the next step";
    case "labelEntries":
    case "labelEntry":
      return "`within`, `=` or the next label";
    case "entries":
    case "entry":
    case "featureEntries":
    case "featureEntry":
    case "typedEntries":
    case "typedEntry":
    case "paramEntries":
    case "paramEntry":
      return "`name: …` on a line of its own";
    default:
      return tokens[0]?.tokenType === t.declarationTokens.gate || tokens[0]?.tokenType === t.declarationTokens.gates
        ? "an operator, `over` or the next declaration"
        : "the next declaration";
  }
}

/** A token as a message names it. */
export function describe(token: IToken | undefined): string {
  return token === undefined ? "the end of the file" : `\`${shorten(token.image)}\``;
}

function shorten(image: string): string {
  return image.length > 30 ? `${image.slice(0, 27)}…` : image;
}

/** The end of the last token: where something is missing at the end. */
export function endSpan(source: SourceFile, tokens: readonly IToken[]): Span {
  const last = tokens.at(-1);
  const end = last === undefined ? 0 : last.startOffset + last.image.length;
  return { file: source.path, start: end, end };
}

/** Reports the brackets without partner, and says whether there are any. */
export function reportBrackets(source: SourceFile, reporter: Reporter, tokens: readonly IToken[]): boolean {
  const open: IToken[] = [];
  let faulty = false;
  for (const [i, token] of tokens.entries()) {
    if (isOpening(token)) open.push(token);
    else if (isClosing(token)) {
      const matching = open.findLastIndex((each) => partnerOf(each.image) === token.image);
      if (matching < 0) {
        reporter.report("MTL1008", { close: token.image }, tokenSpan(source, token), {
          help: "take it away, or write the bracket that it closes",
        });
        faulty = true;
        continue;
      }
      // The ones opened since have no partner: they end before this one at the latest.
      const before = tokens[i - 1];
      for (const each of open.splice(matching).slice(1)) {
        reportUnclosed(source, reporter, each, before ?? each);
        faulty = true;
      }
    }
  }
  const last = tokens.at(-1);
  // Of several unclosed ones the outermost is reported: the rest follows from it.
  const outermost = open[0];
  if (outermost !== undefined && last !== undefined) {
    reportUnclosed(source, reporter, outermost, last);
    faulty = true;
  }
  return faulty;
}

/** Reports an opening bracket whose partner should be after `last` at the latest. */
export function reportUnclosed(source: SourceFile, reporter: Reporter, open: IToken, last: IToken): void {
  const close = partnerOf(open.image);
  const end = last.startOffset + last.image.length;
  const place = { file: source.path, start: end, end };
  reporter.report("MTL1007", { open: open.image, close }, place, {
    caption: `\`${close}\` expected here`,
    labels: [{ span: tokenSpan(source, open), message: "opened here" }],
  });
}
