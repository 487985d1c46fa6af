import { reservedWords } from "../../text/index.js";
import { grammarRules, separatorName, tokenPatterns, wordSets, type GrammarPart } from "./grammar-pages.js";

/** The grammar in the EBNF of the XML recommendation: `?`, `*`, `+`, `|`, words in quotes. */
export function grammarEbnf(): string {
  const rules = grammarRules().map(({ name, part }) => production(name, part));
  const sets = wordSets().map(({ name, words }) => `${name} ::= ${words.map(quoted).join(" | ")}`);
  const patterns = tokenPatterns().map(({ name, pattern }) => `${name} ::= /${pattern}/`);
  return `${[
    "/* The grammar of .mtl, generated from the parser. */",
    ...rules,
    section("Sets of words"),
    ...sets,
    section(
      `Names and literals, as regular expressions. ${[...reservedWords].map(quoted).join(", ")} are never names; every other word may be one.`,
    ),
    ...patterns,
    section("Between the entries of a block; it may also follow the last one."),
    `${separatorName} ::= "," | LINE_BREAK`,
    section(
      "Precedence, from loose to tight: or; and; not; comparisons and in (at most one); + -; * /; - before an operand; ^ (to the right).",
    ),
    section("Comments run from // to the end of the line; /// documents what is on the next line."),
  ].join("\n\n")}\n`;
}

function section(text: string): string {
  return `/* ${text} */`;
}

/** A rule on one line, or a line for each of its alternatives. */
function production(name: string, part: GrammarPart): string {
  if (part.kind !== "choice") return `${name} ::= ${text(part, "choice")}`;
  return `${name} ::=\n    ${part.parts.map((each) => text(each, "choice")).join("\n  | ")}`;
}

/** How tightly the surroundings bind: parentheses are where the part binds looser. */
type Binding = "choice" | "sequence" | "suffix";

function text(part: GrammarPart, around: Binding): string {
  switch (part.kind) {
    case "word":
      return quoted(part.text);
    case "token":
    case "rule":
      return part.name;
    case "sequence":
      return inParentheses(part.parts.map((each) => text(each, "sequence")).join(" "), around === "suffix");
    case "choice":
      return inParentheses(part.parts.map((each) => text(each, "choice")).join(" | "), around !== "choice");
    case "option":
      return `${text(part.part, "suffix")}?`;
    case "repeat": {
      const item = text(part.part, "suffix");
      if (part.separator === undefined) return `${item}${part.least === 0 ? "*" : "+"}`;
      const separator = text(part.separator, "sequence");
      const list = `${item} (${separator} ${item})*`;
      return part.least === 0 ? `(${list} ${separator}?)?` : inParentheses(list, around === "suffix");
    }
  }
}

function inParentheses(inner: string, needed: boolean): string {
  return needed ? `(${inner})` : inner;
}

function quoted(word: string): string {
  return `"${word}"`;
}
