import { EOF, tokenMatcher, type IRecognitionException, type IToken } from "chevrotain";
import type { ReportDetails, Reporter } from "../diagnostics/index.js";
import { suggest, type SourceFile, type Span } from "../text/index.js";
import { declarationWords, partnerOf } from "./layout.js";
import { tokenSpan } from "./lexer.js";
import { isClosing, isOpening } from "./nesting.js";
import * as t from "./tokens.js";

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
export function reportParseError({ source, reporter, tokens, error, rule: root }: ParseFault): void {
  const found = error.token.tokenType === EOF ? undefined : error.token;
  const index = found === undefined ? tokens.length : tokens.indexOf(found);
  const previous = tokens[index - 1];
  const span = found === undefined ? endSpan(source, tokens) : tokenSpan(source, found);
  const rule = error.context.ruleStack.at(-1) ?? root;
  const special = specialCase({ rule, expected: error.message, found, previous, tokens });
  if (special?.code === "MTL1010") {
    reporter.report(
      "MTL1010",
      { found: describe(found ?? tokens[0]), suggestion: special.suggestion },
      span,
      special.help === undefined ? {} : { help: special.help },
    );
    return;
  }
  if (special?.code === "MTL1013") {
    reporter.report("MTL1013", { word: special.word }, span);
    return;
  }
  if (special?.code === "MTL1014") {
    reporter.report("MTL1014", special.parameters, span);
    return;
  }
  if (special?.code === "MTL1015") {
    reporter.report("MTL1015", { task: special.task }, span, {
      help: `state it: \`task ${special.task}: P(label) = …\`, or \`E(label | event)\`, \`score\``,
    });
    return;
  }
  const expected = error.message === "" ? continuationOf(rule, tokens) : expectedAt(rule, error.message, previous);
  reporter.report(
    "MTL1006",
    {
      expected,
      after: previous === undefined ? undefined : shorten(previous.image),
      found: found === undefined ? undefined : describe(found),
    },
    span,
    special?.code === "help" ? special.details : {},
  );
}

type Special =
  | { readonly code: "MTL1010"; readonly suggestion: string | undefined; readonly help?: string }
  | { readonly code: "MTL1013"; readonly word: string }
  | {
      readonly code: "MTL1014";
      readonly parameters: {
        readonly found: string;
        readonly what: string;
        readonly known: readonly string[];
        readonly suggestion: string | undefined;
      };
    }
  | { readonly code: "MTL1015"; readonly task: string }
  | { readonly code: "help"; readonly details: ReportDetails };

interface Situation {
  readonly rule: string;
  readonly expected: string;
  readonly found: IToken | undefined;
  readonly previous: IToken | undefined;
  readonly tokens: readonly IToken[];
}

/** Mistakes that people make often, each told in its own words. */
function specialCase({ rule, expected, found, previous, tokens }: Situation): Special | undefined {
  if (found === undefined) return undefined;
  const isName = tokenMatcher(found, t.Identifier);
  if (expected === "a declaration") return unknownDeclaration(found, tokens);
  if (expected === t.Identifier.LABEL && t.reservedWords.has(found.image))
    return { code: "MTL1013", word: found.image };
  const choice = choices[expected];
  if (choice !== undefined && isName)
    return {
      code: "MTL1014",
      parameters: { found: found.image, ...choice, suggestion: suggest(found.image, choice.known) },
    };
  if (rule === "taskDeclaration" && found.tokenType === t.Equals && expected === t.Colon.LABEL)
    return { code: "MTL1015", task: previous?.image ?? "" };
  if (found.tokenType === t.Equals && expected === t.Colon.LABEL)
    return help("in a block, `:` stands between a name and what it is");
  if (found.tokenType === t.Colon && expected === t.Equals.LABEL) return help("a definition is written with `=`");
  if (found.tokenType === t.Equals && expected === "") return help("write `==` to compare");
  if (found.tokenType === t.Dot && expected === "an expression") return help("write the zero: `0.5`");
  if (found.tokenType === t.And && (rule === "event" || rule === "type"))
    return help("events are joined by `&`: `P(buy | click & cart)`");
  return undefined;
}

function help(text: string): Special {
  return { code: "help", details: { help: text } };
}

function unknownDeclaration(found: IToken, tokens: readonly IToken[]): Special {
  if (tokenMatcher(found, t.Identifier)) {
    const next = tokens[tokens.indexOf(found) + 1]?.tokenType;
    if (next === t.Colon || next === t.Equals)
      return {
        code: "MTL1010",
        suggestion: undefined,
        help: `begin with what \`${found.image}\` is: \`task\`, \`chain\`, \`tower\`, \`input\`, … — or put it into a block`,
      };
    const suggestion = suggest(found.image, declarationWords);
    if (suggestion !== undefined) return { code: "MTL1010", suggestion };
  }
  return {
    code: "MTL1010",
    suggestion: undefined,
    help: `declarations begin with ${declarationWords.map((word) => `\`${word}\``).join(", ")}`,
  };
}

/** Places where one of a few words stands, by the phrase that the grammar has for them. */
const choices: Readonly<Record<string, { readonly what: string; readonly known: readonly string[] }>> = {
  "a type": {
    what: "a type",
    known: ["P(…)", "E(…)", "score", "number", "text", "bool", "time", "duration"],
  },
  "`event` or `amount(unit)`": { what: "a kind of label", known: ["event", "amount"] },
  "`at`, `candidate` or `expect`": { what: "a step of a test", known: ["at", "candidate", "expect"] },
};

/** The grammar's phrase, widened where a closing bracket is not all that could stand. */
function expectedAt(rule: string, phrase: string, previous: IToken | undefined): string {
  const item = items[rule];
  if (item === undefined || (phrase !== t.RParen.LABEL && phrase !== t.RBracket.LABEL)) return phrase;
  const between = previous !== undefined && (previous.tokenType === t.Comma || isOpening(previous));
  return between ? `${item} or ${phrase}` : `an operator, \`,\` or ${phrase}`;
}

/** What stands between the brackets of some rules. */
const items: Readonly<Record<string, string>> = {
  callArguments: "an argument",
  list: "an element",
  defDeclaration: "a parameter",
  bottomsDeclaration: "a name",
};

/** What could have followed where a piece should have ended. */
function continuationOf(rule: string, tokens: readonly IToken[]): string {
  switch (rule) {
    case "ruleEntries":
      return "a clause of the rule, or the next rule,";
    case "testSteps":
      return "an operator or the next step";
    case "entries":
    case "featureEntries":
    case "labelEntries":
    case "typedEntries":
    case "paramEntries":
      return "`name: …` on a line of its own";
    default:
      return tokens[0]?.tokenType === t.Gate ? "an operator, `over` or the next declaration" : "the next declaration";
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

/** Reports an opening bracket whose partner should stand after `last` at the latest. */
export function reportUnclosed(source: SourceFile, reporter: Reporter, open: IToken, last: IToken): void {
  const close = partnerOf(open.image);
  const end = last.startOffset + last.image.length;
  const place = { file: source.path, start: end, end };
  reporter.report("MTL1007", { open: open.image, close }, place, {
    caption: `\`${close}\` expected here`,
    labels: [{ span: tokenSpan(source, open), message: "opened here" }],
  });
}
