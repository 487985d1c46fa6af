/**
 * Pages for editors, made from the token list: the TextMate grammar that colours a file before the language server has
 * read it, and what an editor must know of brackets and comments. Words of the language are contextual, so each is
 * matched with its neighbours; elsewhere the word is a name.
 */
import { ruleWords } from "../../rules/index.js";
import {
  declarations,
  declarationWords,
  type DeclarationHead,
  type DeclarationRow,
  type NameColour,
} from "../declarations.js";
import * as t from "../tokens.js";

interface Rule {
  readonly comment?: string;
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Rule[];
  readonly include?: string;
}

type Captures = Readonly<Record<string, { readonly name: string }>>;

/** Everything that is a word, by what kind of word it is. */
function wordGroups(): Readonly<Record<"declaration" | "type" | "clause" | "logical" | "constant", readonly string[]>> {
  const words = t.lexerTokens.flatMap(({ name, PATTERN }) =>
    name.endsWith("Keyword") && typeof PATTERN === "string" ? [PATTERN] : [],
  );
  const constant = [t.True, t.False].map(({ PATTERN }) => String(PATTERN));
  const logical = [t.And, t.Or, t.Not].map(({ PATTERN }) => String(PATTERN));
  const type = [
    t.Event,
    t.Amount,
    t.Classes,
    t.Score,
    t.NumberWord,
    t.Vector,
    t.Text,
    t.Texts,
    t.Bool,
    t.Time,
    t.Duration,
  ].map(({ PATTERN }) => String(PATTERN));
  const heads = [t.Probability, t.Expectation].map(({ PATTERN }) => String(PATTERN));
  const known = new Set([...constant, ...logical, ...type, ...heads, ...declarationWords]);
  return {
    declaration: declarationWords,
    type,
    // A word that is new to the token list is a clause until somebody says otherwise.
    clause: words.filter((word) => !known.has(word)).sort(),
    logical,
    constant,
  };
}

const name = "[A-Za-z_]\\w*";

function oneOf(words: readonly string[]): string {
  return `(?:${words.join("|")})`;
}

/** What is after the name of a declaration, by its head; absent where a rule of its own matches it. */
const afterName: Readonly<Partial<Record<DeclarationHead, string>>> = {
  "name =": "=(?!=)",
  "name : or =": "[:=]",
  "name [": "\\[",
  "name {": "\\{",
  "name (": "\\(",
};

const nameScopes: Readonly<Record<NameColour, string>> = {
  variable: "variable.other.declaration.mtl",
  class: "variable.other.declaration.mtl",
  property: "variable.other.declaration.mtl",
  event: "variable.other.declaration.mtl",
  parameter: "variable.other.declaration.mtl",
  function: "entity.name.function.mtl",
  macro: "entity.name.function.mtl",
  namespace: "entity.name.namespace.mtl",
};

/** `keyword name` before what follows it: a rule for all keywords that are followed and coloured alike. */
function namingRules(): readonly Rule[] {
  const groups = new Map<string, { readonly follows: string; readonly scope: string; readonly words: string[] }>();
  for (const { keyword, head, symbol } of declarations as readonly DeclarationRow[]) {
    const follows = afterName[head];
    if (follows === undefined || symbol === undefined) continue;
    const scope = nameScopes[symbol.colour];
    const group = groups.get(`${follows} ${scope}`) ?? { follows, scope, words: [] };
    group.words.push(keyword);
    groups.set(`${follows} ${scope}`, group);
  }
  return [...groups.values()].map(({ follows, scope, words }) => ({
    match: `\\b(${oneOf(words)})\\s+(${name})(?=\\s*${follows})`,
    captures: { 1: { name: "keyword.declaration.mtl" }, 2: { name: scope } },
  }));
}

function declarationRules(): readonly Rule[] {
  const keyword = { 1: { name: "keyword.declaration.mtl" } };
  return [
    {
      match: `^\\s*(model)\\s+(${name})(?:\\s+(extends)\\b)?`,
      captures: {
        1: { name: "keyword.declaration.mtl" },
        2: { name: "entity.name.namespace.mtl" },
        3: { name: "keyword.control.import.mtl" },
      },
    },
    { match: '\\b(import)(?=\\s*[{"])', captures: { 1: { name: "keyword.control.import.mtl" } } },
    { match: `\\b(from)(?=\\s*(?:"|${name}\\s*$))`, captures: { 1: { name: "keyword.control.import.mtl" } } },
    {
      match: `^\\s*(remove)\\s+(${name})\\s+(${name})`,
      captures: {
        1: { name: "keyword.declaration.mtl" },
        2: { name: "keyword.declaration.mtl" },
        3: { name: "variable.other.mtl" },
      },
    },
    { match: "^\\s*(override)(?=\\s+[a-z])", captures: keyword },
    ...namingRules(),
    {
      comment: "tasks over members",
      begin: "\\b(task)\\s*(\\[)",
      end: "\\]",
      beginCaptures: { 1: { name: "keyword.declaration.mtl" }, 2: { name: "punctuation.section.brackets.begin.mtl" } },
      endCaptures: { 0: { name: "punctuation.section.brackets.end.mtl" } },
      patterns: [{ name: "entity.name.function.mtl", match: name }, { include: "#literals" }, { include: "#symbols" }],
    },
    { match: `\\b(${oneOf(declarationWords)})(?=\\s*\\{)`, captures: keyword },
    { match: '\\b(test)(?=\\s*")', captures: keyword },
    // An entry of a block may be called so as well, but is indented.
    { match: "^(edition)(?=\\s*:)", captures: keyword },
    {
      match: `^\\s*(${oneOf(ruleWords)})\\s+(${name})(?!\\s*[:(.])`,
      captures: { 1: { name: "keyword.control.rule.mtl" }, 2: { name: "entity.name.function.mtl" } },
    },
    {
      match: `^\\s*(candidate)\\s+(${name})`,
      captures: { 1: { name: "keyword.other.mtl" }, 2: { name: "variable.other.declaration.mtl" } },
    },
  ];
}

function literalRules(): readonly Rule[] {
  return [
    { name: "comment.line.documentation.mtl", match: "///(?!/).*$" },
    { name: "comment.line.double-slash.mtl", match: "//.*$" },
    {
      name: "string.quoted.double.mtl",
      begin: '"',
      end: '"|$',
      beginCaptures: { 0: { name: "punctuation.definition.string.begin.mtl" } },
      endCaptures: { 0: { name: "punctuation.definition.string.end.mtl" } },
      patterns: [{ name: "constant.character.escape.mtl", match: "\\\\(?:u\\{[0-9A-Fa-f]+\\}|.)" }],
    },
    { name: "constant.numeric.date.mtl", match: (t.DateToken.PATTERN as RegExp).source },
    { name: "constant.numeric.mtl", match: `\\b${(t.NumberToken.PATTERN as RegExp).source}` },
  ];
}

function wordRules(groups: ReturnType<typeof wordGroups>): readonly Rule[] {
  return [
    { name: "constant.language.boolean.mtl", match: `\\b${oneOf(groups.constant)}\\b` },
    { name: "keyword.operator.logical.mtl", match: `\\b${oneOf(groups.logical)}\\b` },
    { name: "support.type.mtl", match: "\\b[PE](?=\\s*\\()" },
    {
      comment: "a type follows the colon of an entry or of a head",
      match: `(:)\\s*(${oneOf(groups.type)})\\b(?!\\s*[:.+*/^-])`,
      captures: { 1: { name: "punctuation.separator.key-value.mtl" }, 2: { name: "support.type.mtl" } },
    },
    {
      comment: "the key of an entry",
      match: `\\b(${name})\\s*(?=:)`,
      captures: { 1: { name: "variable.other.property.mtl" } },
    },
    { name: "keyword.other.mtl", match: `\\b${oneOf(groups.clause)}\\b(?!\\s*[(.:=,)\\]])` },
    { name: "entity.name.function.call.mtl", match: `\\b${name}(?=\\s*\\()` },
    {
      match: `(\\.)(${name})`,
      captures: { 1: { name: "punctuation.accessor.mtl" }, 2: { name: "variable.other.property.mtl" } },
    },
    { name: "variable.other.mtl", match: `\\b${name}` },
  ];
}

const symbolRules: readonly Rule[] = [
  { name: "invalid.illegal.mtl", match: "&&|\\|\\||\\*\\*|=>|->|/\\*|\\*/|!(?!=)|[%;~@$`#\\\\']" },
  { name: "keyword.operator.comparison.mtl", match: "==|!=|<=|>=|<|>" },
  { name: "keyword.operator.assignment.mtl", match: "=" },
  { name: "keyword.operator.arithmetic.mtl", match: "[+\\-*/^]" },
  { name: "keyword.operator.event.mtl", match: "[&|]" },
  { name: "keyword.operator.optional.mtl", match: "\\?" },
  { name: "keyword.operator.range.mtl", match: "\\.\\." },
  { name: "punctuation.separator.comma.mtl", match: "," },
  { name: "punctuation.separator.key-value.mtl", match: ":" },
  { name: "punctuation.accessor.mtl", match: "\\." },
  { name: "punctuation.section.brackets.mtl", match: "[\\[\\]]" },
  { name: "punctuation.section.braces.mtl", match: "[{}]" },
];

/** The TextMate grammar, as JSON. */
export function textMateGrammar(): string {
  const groups = wordGroups();
  const grammar = {
    comment: "Made from the token list in src/compiler/syntax by `npm run accept`; do not edit.",
    name: "mtl",
    scopeName: "source.mtl",
    fileTypes: ["mtl"],
    patterns: [{ include: "#all" }],
    repository: {
      all: {
        patterns: ["literals", "declarations", "arguments", "words", "symbols"].map((key) => ({ include: `#${key}` })),
      },
      literals: { patterns: literalRules() },
      declarations: { patterns: declarationRules() },
      arguments: {
        begin: "\\(",
        end: "\\)",
        beginCaptures: { 0: { name: "punctuation.section.parens.begin.mtl" } },
        endCaptures: { 0: { name: "punctuation.section.parens.end.mtl" } },
        patterns: [
          { include: "#literals" },
          {
            comment: "the name of an argument",
            match: `\\b(${name})\\s*(?=:)`,
            captures: { 1: { name: "variable.parameter.mtl" } },
          },
          { include: "#arguments" },
          { include: "#words" },
          { include: "#symbols" },
        ],
      },
      words: { patterns: wordRules(groups) },
      symbols: { patterns: [...symbolRules, { name: "invalid.illegal.mtl", match: "\\)" }] },
    },
  };
  return `${JSON.stringify(grammar, undefined, 2)}\n`;
}

/** Brackets, comments and what Enter does, as VS Code reads it. */
export function languageConfiguration(): string {
  const pairs = [
    [t.LCurly, t.RCurly],
    [t.LBracket, t.RBracket],
    [t.LParen, t.RParen],
  ].map((pair) => pair.map(({ PATTERN }) => String(PATTERN)));
  const configuration = {
    comments: { lineComment: "//" },
    brackets: pairs,
    autoClosingPairs: [
      ...pairs.map(([open, close]) => ({ open, close })),
      { open: '"', close: '"', notIn: ["string", "comment"] },
    ],
    surroundingPairs: [...pairs, ['"', '"']],
    wordPattern: name,
    indentationRules: {
      increaseIndentPattern: '^[^"]*[\\[({][^\\])}"]*$',
      decreaseIndentPattern: "^\\s*[\\])}]",
    },
    onEnterRules: [{ beforeText: "^\\s*///(?!/).*\\S", action: { indent: "none", appendText: "/// " } }],
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}
