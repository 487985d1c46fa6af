import { EOF, generateCstDts, type ISerializedGast, type TokenType } from "chevrotain";
import { durationForm, numberForm } from "../build/number-word.js";
import { ruleWords } from "../../rules/index.js";
import { MtlParser } from "../grammar.js";
import * as t from "../tokens.js";

/**
 * The grammar as data for the pages made from it: what `grammar/mtl.ebnf` and `grammar/railroad.html` show, read off the
 * parser itself.
 */
export type GrammarPart =
  /** A word that appears as it is. */
  | { readonly kind: "word"; readonly text: string }
  /** A kind of word: a name, a number, … */
  | { readonly kind: "token"; readonly name: string }
  | { readonly kind: "rule"; readonly name: string }
  | { readonly kind: "sequence"; readonly parts: readonly GrammarPart[] }
  | { readonly kind: "choice"; readonly parts: readonly GrammarPart[] }
  | { readonly kind: "option"; readonly part: GrammarPart }
  /** `least` times or more, with a separator between, if any, which may also come after the last one. */
  | { readonly kind: "repeat"; readonly part: GrammarPart; readonly least: 0 | 1; readonly separator?: GrammarPart };

export interface GrammarRule {
  readonly name: string;
  readonly part: GrammarPart;
}

/** The words that a rule begins with: names to the parser, so that it can say more about a wrong one. */
const verbSetName = "RuleVerb";

/** What separates entries of a block. */
export const separatorName = "SEPARATOR";

/** The parser that the pages describe, with all of Chevrotain's checks of the grammar. */
function describedParser(): MtlParser {
  return new MtlParser({ recoveryEnabled: false, skipValidations: false });
}

/** The rules of the grammar in the order of the parser. */
export function grammarRules(): readonly GrammarRule[] {
  return describedParser()
    .getSerializedGastProductions()
    .map((rule) => ({ name: nameOf(rule), part: sequence(rule) }));
}

/** The sets of words that rules name, such as `NetworkKeyword`. */
export function wordSets(): readonly { readonly name: string; readonly words: readonly string[] }[] {
  const sets = [
    t.EntryBlockKeyword,
    t.TypedBlockKeyword,
    t.NetworkKeyword,
    t.SimpleTypeKeyword,
    t.ArithmeticOperator,
    t.ComparisonOperator,
    t.BoundOperator,
    t.LogicalOperator,
  ];
  const verbs = { name: verbSetName, words: ruleWords };
  return [
    verbs,
    ...sets.map((set) => ({
      name: set.name,
      words: t.lexerTokens.filter((type) => type.CATEGORIES?.includes(set)).map((type) => String(type.PATTERN)),
    })),
  ];
}

/** The patterns of names and literals, as regular expressions. */
export function tokenPatterns(): readonly { readonly name: string; readonly pattern: string }[] {
  const pattern = (type: TokenType): string => (type.PATTERN as RegExp).source;
  const bare = (form: RegExp): string => form.source.replace(/^\^|\$$/g, "");
  return [
    { name: t.Identifier.name, pattern: pattern(t.Identifier) },
    { name: t.NumberToken.name, pattern: `${bare(numberForm)}|${bare(durationForm)}` },
    { name: t.StringToken.name, pattern: pattern(t.StringToken) },
    { name: t.DateToken.name, pattern: pattern(t.DateToken) },
  ];
}

/** The source of `cst.ts`: the type of the concrete node that each rule gives. */
export function cstTypes(): string {
  return `/** Generated from the grammar by \`cstTypes\`; a test tells when it is out of date, \`npm run accept\` renews it. */\n${generateCstDts(describedParser().getGAstProductions())}`;
}

type Gast = ISerializedGast & {
  readonly name?: string;
  readonly definition?: Gast[];
  readonly separator?: Gast;
  readonly idx?: number;
};

function nameOf(gast: ISerializedGast): string {
  return (gast as Gast).name ?? "";
}

function sequence(gast: ISerializedGast): GrammarPart {
  const parts = ((gast as Gast).definition ?? []).map((each) => partOf(each, nameOf(gast)));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: "sequence", parts };
}

function partOf(gast: Gast, rule: string): GrammarPart {
  switch (gast.type) {
    case "NonTerminal":
      return { kind: "rule", name: nameOf(gast) };
    case "Terminal":
      return rule === "rule" && gast.idx === 0 ? { kind: "token", name: verbSetName } : terminal(gast);
    case "Alternation":
      return { kind: "choice", parts: (gast.definition ?? []).map(inside) };
    case "Option":
      return { kind: "option", part: inside(gast) };
    case "Repetition":
      return { kind: "repeat", least: 0, ...repeated(gast) };
    case "RepetitionMandatory":
      return { kind: "repeat", least: 1, ...repeated(gast) };
    case "RepetitionWithSeparator":
    case "RepetitionMandatoryWithSeparator":
      return {
        kind: "repeat",
        least: gast.type === "RepetitionWithSeparator" ? 0 : 1,
        part: inside(gast),
        ...(gast.separator === undefined ? {} : { separator: terminal(gast.separator) }),
      };
    default:
      return inside(gast);
  }

  function inside(each: Gast): GrammarPart {
    return sequence({ ...each, name: rule } as ISerializedGast);
  }

  /**
   * The parser takes an optional comma after each item and checks separators later; what is allowed is a comma between
   * items or, in a block, a line break.
   */
  function repeated(each: Gast): { readonly part: GrammarPart; readonly separator?: GrammarPart } {
    const definition = each.definition ?? [];
    const last = definition.at(-1);
    const optionalComma = last?.type === "Option" && nameOf(last.definition?.[0] ?? last) === t.Comma.name;
    if (!optionalComma) return { part: inside(each) };
    return {
      part: inside({ ...each, definition: definition.slice(0, -1) }),
      separator: blockRules.has(rule) ? { kind: "token", name: separatorName } : { kind: "word", text: "," },
    };
  }
}

/** Rules whose items may also go on lines of their own. */
const blockRules: ReadonlySet<string> = new Set([
  "importDeclaration",
  "entries",
  "featureEntries",
  "labelEntries",
  "typedEntries",
  "paramEntries",
  "ruleEntries",
  "testSteps",
]);

const wordsByToken: ReadonlyMap<string, string> = new Map(
  t.lexerTokens.flatMap((type) => (typeof type.PATTERN === "string" ? [[type.name, type.PATTERN] as const] : [])),
);

function terminal(gast: Gast): GrammarPart {
  const name = nameOf(gast);
  const word = wordsByToken.get(name);
  return word === undefined || name === EOF.name ? { kind: "token", name } : { kind: "word", text: word };
}
