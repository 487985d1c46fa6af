import { createToken, Lexer, type TokenType } from "chevrotain";
import { declarations, declarationWords, type DeclarationKeyword, type DeclarationRow } from "./declarations.js";

/**
 * The token types. Words of the language are contextual: each keyword is also an {@link Identifier} (token category), so
 * that a feature may be called `score` or `top`; only `reservedWords` of `text` cannot be names.
 */

/** A name. Only ASCII, because names reach file names, SQL and generated code. */
export const Identifier = createToken({ name: "Identifier", pattern: /[A-Za-z_]\w*/, label: "a name" });

function keyword(word: string, ...categories: TokenType[]): TokenType {
  return createToken({
    name: word.slice(0, 1).toUpperCase() + word.slice(1) + "Keyword",
    pattern: word,
    longer_alt: Identifier,
    categories: [Identifier, ...categories],
    label: `\`${word}\``,
  });
}

function symbol(name: string, pattern: string, ...categories: TokenType[]): TokenType {
  return createToken({ name, pattern, categories, label: `\`${pattern}\`` });
}

function reserved(word: string, ...categories: TokenType[]): TokenType {
  return createToken({
    name: word.slice(0, 1).toUpperCase() + word.slice(1) + "Keyword",
    pattern: word,
    longer_alt: Identifier,
    categories,
    label: `\`${word}\``,
  });
}

/** The keywords of some declarations, as a message lists them. */
function listed(of: (row: DeclarationRow) => boolean): string {
  const words = declarations.filter(of).map((row) => `\`${row.keyword}\``);
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

// ------------------------------------------------------------------------------------------------------- categories

export const ComparisonOperator = createToken({
  name: "ComparisonOperator",
  pattern: Lexer.NA,
  label: "a comparison",
});
export const ArithmeticOperator = createToken({
  name: "ArithmeticOperator",
  pattern: Lexer.NA,
  label: "an operator",
});
export const LogicalOperator = createToken({ name: "LogicalOperator", pattern: Lexer.NA, label: "`and` or `or`" });
export const BoundOperator = createToken({ name: "BoundOperator", pattern: Lexer.NA, label: "`>=`, `>`, `<=` or `<`" });
/** First words of blocks whose entries are `key: expression`. */
export const EntryBlockKeyword = createToken({
  name: "EntryBlockKeyword",
  pattern: Lexer.NA,
  label: listed(({ body }) => body?.rule === "entryBlock"),
});
/** First words of blocks whose entries are `name: type`. */
export const TypedBlockKeyword = createToken({
  name: "TypedBlockKeyword",
  pattern: Lexer.NA,
  label: listed(({ body }) => body?.rule === "typedBlock"),
});
/** First words of `keyword name = expression` in the network. */
export const NetworkKeyword = createToken({
  name: "NetworkKeyword",
  pattern: Lexer.NA,
  label: listed(({ kind }) => kind === "Network"),
});
/** First words of `keyword name[member, …] = expression`. */
export const FamilyKeyword = createToken({
  name: "FamilyKeyword",
  pattern: Lexer.NA,
  label: listed(({ kind }) => kind === "Family"),
});
/** `text`, `texts`, `bool`, `time`, `duration`. */
export const SimpleTypeKeyword = createToken({
  name: "SimpleTypeKeyword",
  pattern: Lexer.NA,
  label: "`text`, `texts`, `bool`, `time` or `duration`",
});

// --------------------------------------------------------------------------------------------------------- keywords

/** The first words of declarations. */
export const declarationTokens = Object.fromEntries(
  declarations.map((row: DeclarationRow) => [row.keyword, keyword(row.keyword, ...categoriesOf(row))]),
) as Readonly<Record<DeclarationKeyword, TokenType>>;

/** Declarations of one form share a rule of the grammar, which takes their category. */
function categoriesOf({ kind, body }: DeclarationRow): readonly TokenType[] {
  if (body?.rule === "entryBlock") return [EntryBlockKeyword];
  if (body?.rule === "typedBlock") return [TypedBlockKeyword];
  if (kind === "Family") return [FamilyKeyword];
  return kind === "Network" ? [NetworkKeyword] : [];
}

export const From = keyword("from");
export const Extends = keyword("extends");
export const Over = keyword("over");
export const Auxiliary = keyword("auxiliary");

export const Event = keyword("event");
export const Amount = keyword("amount");
export const Classes = keyword("classes");
export const Within = keyword("within");
export const Probability = keyword("P");
export const Expectation = keyword("E");
export const Score = keyword("score");
export const NumberWord = keyword("number");
export const Text = keyword("text", SimpleTypeKeyword);
export const Texts = keyword("texts", SimpleTypeKeyword);
export const Vector = keyword("vector");
export const Bool = keyword("bool", SimpleTypeKeyword);
export const Time = keyword("time", SimpleTypeKeyword);
export const Duration = keyword("duration", SimpleTypeKeyword);

export const When = keyword("when");
export const By = keyword("by");
export const During = keyword("during");
export const At = keyword("at");
export const Most = keyword("most");
export const Least = keyword("least");
export const Of = keyword("of");
export const In = keyword("in", ComparisonOperator);
export const Top = keyword("top");
export const Per = keyword("per");
export const With = keyword("with");
export const Then = keyword("then");
export const Ties = keyword("ties");
export const Ascending = keyword("ascending");
export const Missing = keyword("missing");
export const Outside = keyword("outside");
export const Malformed = keyword("malformed");
export const Candidate = keyword("candidate");
export const Like = keyword("like");
export const Expect = keyword("expect");
/** Between a group of names and those that it leaves out. */
export const But = keyword("but");
/** Before a call that stands for one of each of its names. */
export const Each = keyword("each");
/** Before what `mtlc search` chooses a value from. */
export const Search = keyword("search");

// --------------------------------------------------------------------------------------------------- reserved words

export const And = reserved("and", LogicalOperator);
export const Or = reserved("or", LogicalOperator);
export const Not = reserved("not");
export const True = reserved("true");
export const False = reserved("false");

// --------------------------------------------------------------------------------------------------------- literals

/** `2026-11-05`, `2026-11-05T12:30:00Z`. */
export const DateToken = createToken({
  name: "Date",
  pattern: /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?(?!\w)/,
  label: "a date",
});

/** Numbers and durations, and what looks like them (`1__0`, `7dd`), so that one message speaks of the whole word. */
export const NumberToken = createToken({
  name: "Number",
  pattern: /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d[\d_]*)?\w*/,
  label: "a number",
});

export const StringToken = createToken({
  name: "String",
  pattern: /"(?:[^"\\\r\n]|\\[^\r\n])*"/,
  label: "a text in quotes",
});

/** A quote that the line does not close; accepted wherever a {@link StringToken} is. */
export const OpenString = createToken({
  name: "OpenString",
  pattern: matchOpenString,
  start_chars_hint: ['"'],
  line_breaks: false,
  categories: [StringToken],
  label: "a text in quotes",
});

/** The rest of the line, but for the brackets and commas at its end: those likely are outside the text. */
export function matchOpenString(text: string, offset: number): [string] | null {
  if (text[offset] !== '"') return null;
  let end = offset + 1;
  while (end < text.length && text[end] !== "\n" && text[end] !== "\r") end++;
  while (end > offset + 1 && " \t{}()[],".includes(text[end - 1] ?? "")) end--;
  return [text.slice(offset, end)];
}

// ---------------------------------------------------------------------------------------------------------- symbols

export const LCurly = symbol("LCurly", "{");
export const RCurly = symbol("RCurly", "}");
export const LBracket = symbol("LBracket", "[");
export const RBracket = symbol("RBracket", "]");
export const LParen = symbol("LParen", "(");
export const RParen = symbol("RParen", ")");
export const Comma = symbol("Comma", ",");
export const Colon = symbol("Colon", ":");
export const EqualTo = symbol("EqualTo", "==", ComparisonOperator);
export const NotEqualTo = symbol("NotEqualTo", "!=", ComparisonOperator);
export const LessOrEqual = symbol("LessOrEqual", "<=", ComparisonOperator, BoundOperator);
export const GreaterOrEqual = symbol("GreaterOrEqual", ">=", ComparisonOperator, BoundOperator);
export const Less = symbol("Less", "<", ComparisonOperator, BoundOperator);
export const Greater = symbol("Greater", ">", ComparisonOperator, BoundOperator);
export const Equals = symbol("Equals", "=");
export const Plus = symbol("Plus", "+", ArithmeticOperator);
export const Minus = symbol("Minus", "-", ArithmeticOperator);
export const Times = symbol("Times", "*", ArithmeticOperator);
export const Divide = symbol("Divide", "/", ArithmeticOperator);
export const Power = symbol("Power", "^", ArithmeticOperator);
export const Ampersand = symbol("Ampersand", "&");
export const Bar = symbol("Bar", "|");
export const Question = symbol("Question", "?");
export const DotDot = symbol("DotDot", "..");
export const Dot = symbol("Dot", ".");

// ---------------------------------------------------------------------------------------------- beside the grammar

export const WhiteSpace = createToken({ name: "WhiteSpace", pattern: /[ \t\r\n\uFEFF]+/, group: Lexer.SKIPPED });

/** `// text` and `/// doc`. */
export const CommentToken = createToken({ name: "Comment", pattern: /\/\/[^\r\n]*/, group: "comments" });

/**
 * What other languages write: kept out of the token stream and reported with what to write here. Runs of letters beyond
 * ASCII are one piece, so that one word gives one message.
 */
export const Foreign = createToken({
  name: "Foreign",
  pattern: /&&|\|\||\*\*|=>|->|\/\*|\*\/|'[^'\r\n]*'|[!%;~@$`#\\']|[\u0080-\uFFFF]+/,
  line_breaks: false,
  group: "foreign",
});

const words: readonly TokenType[] = [
  And,
  Or,
  Not,
  True,
  False,
  ...declarationWords.map((word) => declarationTokens[word]),
  From,
  Extends,
  Over,
  Auxiliary,
  Event,
  Amount,
  Classes,
  Within,
  Probability,
  Expectation,
  Score,
  NumberWord,
  Text,
  Texts,
  Vector,
  Bool,
  Time,
  Duration,
  When,
  By,
  During,
  At,
  Most,
  Least,
  Of,
  In,
  Top,
  Per,
  With,
  Then,
  Ties,
  Ascending,
  Missing,
  Outside,
  Malformed,
  Candidate,
  Like,
  Expect,
  But,
  Each,
  Search,
]
  // The lexer takes the first word that matches: `override` has to come before `over`.
  .toSorted((a, b) => String(b.PATTERN).length - String(a.PATTERN).length);

/** Order decides among patterns that match at one place: longer and more special first. */
export const lexerTokens: readonly TokenType[] = [
  WhiteSpace,
  CommentToken,
  // Two-character operators of the language that begin like a foreign one.
  NotEqualTo,
  Foreign,
  DateToken,
  NumberToken,
  StringToken,
  OpenString,
  LCurly,
  RCurly,
  LBracket,
  RBracket,
  LParen,
  RParen,
  Comma,
  Colon,
  EqualTo,
  LessOrEqual,
  GreaterOrEqual,
  Less,
  Greater,
  Equals,
  Plus,
  Minus,
  Times,
  Divide,
  Power,
  Ampersand,
  Bar,
  Question,
  DotDot,
  Dot,
  ...words,
  Identifier,
];

/** What the parser may meet: the above and the categories. */
export const grammarTokens: readonly TokenType[] = [
  ComparisonOperator,
  ArithmeticOperator,
  LogicalOperator,
  BoundOperator,
  EntryBlockKeyword,
  TypedBlockKeyword,
  NetworkKeyword,
  FamilyKeyword,
  SimpleTypeKeyword,
  ...lexerTokens.filter((type) => type !== WhiteSpace && type !== CommentToken && type !== Foreign),
];
