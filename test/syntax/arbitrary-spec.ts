import fc from "fast-check";
import { ruleWords } from "../../src/compiler/rules/index.js";
import { declarationWords } from "../../src/compiler/syntax/index.js";

/**
 * Random specs as lists of words, so that a property can lay one spec out in many ways: what is between two words is
 * chosen apart from them ({@link layOut}).
 */
export type Words = readonly string[];

/** Appears in the words where entries of a block are separated. */
export const separator = "<separator>";

const contextual = [
  ...declarationWords,
  ...ruleWords,
  ..."from extends over auxiliary event amount within P E score number text texts vector bool time duration".split(" "),
  ..."when by during at of per with then ties ascending missing outside request candidate like expect but in top most least".split(
    " ",
  ),
];

/** Names, words of the language among them: those are contextual. */
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "x1", "user_id", "t_ctr", "_hidden", "a_rather_long_name_for_a_tower") },
  { weight: 1, arbitrary: fc.constantFrom(...contextual) },
);

/** Names where a word that begins a clause could be taken for one. */
const plainName = name.filter((word) => !["in", "top", "at", "most", "least"].includes(word));

const number = fc.constantFrom("0", "1", "42", "0.5", "1e-6", "1_000_000", "2.5e3");
const text = fc.constantFrom('""', '"a"', '"data/*.csv"', '"say \\"hi\\""', '"tab\\t"', '"\\u{1F600} Σ // no comment"');
const literal = fc.oneof(
  number,
  text,
  fc.constantFrom("7d", "500ms", "2026-11-05", "2026-01-01T12:30:00Z", "true", "false"),
);

function words(...parts: fc.Arbitrary<Words | string>[]): fc.Arbitrary<Words> {
  return fc.tuple(...parts).map((lists): Words => lists.flat());
}

const word = (each: string): fc.Arbitrary<string> => fc.constant(each);

function optional(part: fc.Arbitrary<Words>): fc.Arbitrary<Words> {
  return fc.oneof(fc.constant<Words>([]), part);
}

/** `item, item`, with or without a comma after the last. */
function commaList(item: fc.Arbitrary<Words | string>, minLength = 0): fc.Arbitrary<Words> {
  return fc
    .tuple(fc.array(item, { minLength, maxLength: 4 }), fc.boolean())
    .map(([items, trailing]) =>
      items.flatMap((each, i) => [...[each].flat(), ...(i < items.length - 1 || trailing ? [","] : [])]),
    );
}

/** `{ item … }` with separators. */
function block(item: fc.Arbitrary<Words>, maxLength = 4): fc.Arbitrary<Words> {
  return fc
    .array(item, { maxLength })
    .map((items) => ["{", ...items.flatMap((each, i) => (i === 0 ? each : [separator, ...each])), "}"]);
}

/** Deep expressions are rare, and shrink to shallow ones. */
const nested = { depthSize: "xsmall", withCrossShrink: true } as const;

/** An alias: fast-check does not take an interface. */
type Expressions = {
  readonly expression: Words;
  readonly comparison: Words;
  readonly sum: Words;
  readonly operand: Words;
  readonly primary: Words;
  readonly item: Words;
  readonly list: Words;
  readonly argument: Words;
  readonly record: Words;
};

/** `n_1 .. n_63`, whether or not it is one: that is not a question of syntax. */
const nameRange = words(plainName, word(".."), plainName);

const { expression, sum, record, argument, item, list } = fc.letrec<Expressions>((tie) => ({
  expression: fc.oneof(
    nested,
    tie("comparison"),
    words(tie("comparison"), fc.constantFrom("and", "or"), tie("comparison")),
    words(tie("comparison"), word("and"), tie("comparison"), word("or"), tie("comparison")),
  ),
  comparison: fc.oneof(
    nested,
    tie("sum"),
    words(word("not"), tie("comparison")),
    words(tie("sum"), fc.constantFrom("==", "!=", "<", "<=", ">", ">="), tie("sum")),
    words(tie("sum"), word("in"), word("["), commaList(tie("expression")), word("]")),
  ),
  sum: fc.oneof(nested, tie("operand"), words(tie("operand"), fc.constantFrom("+", "-", "*", "/", "^"), tie("sum"))),
  operand: fc.oneof(nested, tie("primary"), words(word("-"), tie("operand"))),
  primary: fc.oneof(
    nested,
    plainName.map((each): Words => [each]),
    literal.map((each): Words => [each]),
    words(plainName, word("("), commaList(tie("argument")), word(")")),
    words(word("["), commaList(tie("item")), word("]")),
    words(word("("), tie("expression"), word(")")),
    words(plainName, word("."), name),
    tie("record"),
    words(
      word("search"),
      word("["),
      commaList(tie("expression"), 1),
      word("]"),
      optional(words(word("="), tie("operand"))),
    ),
    words(word("search"), fc.constantFrom("1e-4", "8"), word(".."), word("64"), optional(words(word("log")))),
  ),
  item: fc.oneof(
    { weight: 4, arbitrary: tie("expression") },
    { weight: 1, arbitrary: nameRange },
    { weight: 1, arbitrary: words(fc.oneof(nameRange, tie("operand")), word("but"), fc.oneof(word("a"), tie("list"))) },
  ),
  list: words(word("["), commaList(tie("item")), word("]")),
  argument: fc.oneof(tie("item"), words(name, word(":"), tie("item"))),
  record: block(words(name, word(":"), tie("expression")), 2),
}));

/** Types are one word here: the formatter prints them as one piece, and comments inside are not worth keeping apart. */
const eventName = fc.constantFrom("click", "buy", "share");
const event: fc.Arbitrary<string> = fc.oneof(
  eventName,
  eventName.map((each) => `not ${each}`),
  fc.tuple(eventName, eventName).map(([a, b]) => `${a} & ${b}`),
  fc.tuple(eventName, eventName).map(([a, b]) => `not (${a} & ${b})`),
  fc.tuple(eventName, eventName, eventName).map(([a, b, c]) => `${a} & (not ${b} & ${c})`),
);
const range = fc.constantFrom("in [0, 1]", ">= 0", "> -1", "<= 1e6", "< 2 * 3", "in [-a, f(b)]");
const type: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(event, event).map(([a, b]) => `P(${a} | ${b})`),
  event.map((each) => `P(${each})`),
  fc.tuple(eventName, event).map(([a, b]) => `E(${a} | ${b})`),
  fc.constantFrom(
    "E(stay)",
    "score",
    "number",
    "number(yuan)",
    "number?",
    "text",
    "text?",
    "bool",
    "time?",
    "duration",
    "texts",
    "vector(8)?",
  ),
  range.map((each) => `number(seconds)? ${each}`),
);

const entry = words(name, word(":"), expression);
const call = words(plainName, optional(words(word("("), commaList(argument), word(")"))));
const feature = words(fc.oneof(name, nameRange, list), word(":"), call, optional(words(word("="), expression)));
const label = words(
  name,
  word(":"),
  fc.constantFrom("event", "amount", "amount(seconds)"),
  optional(words(word("within"), name)),
  optional(words(word("="), expression)),
);
const param = words(name, word(":"), sum, optional(range.map((each): Words => [each])));

const clause = fc.oneof(
  words(word("when"), expression),
  words(word("by"), sum),
  words(word("during"), sum, word(".."), sum),
  words(word("at"), fc.constantFrom("most", "least"), sum),
  words(word("of"), sum),
  words(word("in"), number),
  words(word("in"), word("top"), number),
  fc.constant<Words>(["per day"]),
  words(word("at"), number),
  words(fc.constantFrom("missing", "soft", "when", "per"), word(":"), expression),
);
const rule = words(
  fc.constantFrom(...ruleWords),
  name,
  fc.array(clause, { maxLength: 3 }).map((each) => each.flat()),
);

const step = fc.oneof(
  words(word("at"), sum),
  words(word("request"), record),
  words(word("candidate"), name, optional(words(word("like"), name)), record),
  words(word("expect"), expression),
);

const plainDeclaration = fc.oneof(
  words(fc.constantFrom("data", "loss", "train", "metrics"), block(entry)),
  words(word("features"), block(feature)),
  words(word("labels"), block(label)),
  words(
    fc.constantFrom("attributes", "signals", "request"),
    block(
      words(
        name,
        word(":"),
        type,
        optional(words(word("missing"), sum)),
        optional(words(word("outside"), fc.constantFrom("drop", "clamp", "refuse"))),
      ),
    ),
  ),
  words(word("params"), block(param)),
  words(fc.constantFrom("input", "table", "bottom", "tower"), name, word("="), item),
  words(word("bottoms"), name, word("["), commaList(name), word("]"), word("="), expression),
  words(word("experts"), name, word("["), fc.constantFrom("8", "n", "2 * n"), word("]"), word("="), expression),
  words(word("gate"), name, word("="), expression, word("over"), expression),
  words(word("task"), name, word(":"), type, word("="), expression, optional(fc.constant<Words>(["auxiliary"]))),
  words(word("chain"), name, optional(words(word(":"), type)), word("="), expression),
  words(word("fusion"), name, word("="), expression),
  words(word("rules"), name, block(rule)),
  words(
    word("rank"),
    name,
    word("="),
    optional(fc.constant<Words>(["from i2i top 300 by match,", "hot", "then"])),
    word("top"),
    sum,
    word("by"),
    expression,
    optional(words(word("then"), word("top"), sum, word("by"), expression)),
    optional(fc.constant<Words>(["with home, sale"])),
    optional(words(word("ties"), expression, optional(fc.constant<Words>(["ascending"])))),
  ),
  words(word("experiment"), name, block(entry)),
  words(word("test"), text, block(step)),
  words(
    word("def"),
    name,
    word("("),
    commaList(words(name, optional(words(word("="), expression)))),
    word(")"),
    word("="),
    expression,
  ),
);

const declaration = fc.oneof(
  { weight: 12, arbitrary: plainDeclaration },
  { weight: 1, arbitrary: words(word("override"), plainDeclaration) },
  { weight: 1, arbitrary: fc.constant<Words>(["remove rules home.double11"]) },
  {
    weight: 1,
    arbitrary: words(
      word("import"),
      word("{"),
      commaList(name),
      word("}"),
      word("from"),
      fc.constantFrom('"./a.mtl"', "std"),
    ),
  },
  { weight: 1, arbitrary: words(word("import"), text) },
  { weight: 1, arbitrary: fc.constantFrom<Words>(["model feed"], ['model wide extends "./feed.mtl"']) },
);

/** A spec as words, declaration by declaration. */
export const arbitrarySpec: fc.Arbitrary<readonly Words[]> = fc.array(declaration, { minLength: 1, maxLength: 5 });

/** What is between words, by kind of place. */
export interface Gaps {
  readonly between: readonly string[];
  readonly separators: readonly string[];
  readonly declarations: readonly string[];
}

export const plainGaps: Gaps = {
  between: [" "],
  separators: ["\n", ", ", ",\n"],
  declarations: ["\n"],
};

export const wildGaps: Gaps = {
  between: [" ", " ", " ", " ", "\n", "\t", "  \n\n ", "\r\n", " // why not\n", "\n// above\n"],
  separators: [
    "\n",
    ", ",
    " ,\n",
    "\n\n",
    " // said here\n",
    "\n\n  // said above\n  ",
    ",\n/// documented\n",
    "\n,\n",
  ],
  declarations: [
    "\n",
    " ",
    "\n\n\n",
    " // said here\n",
    "\n/// documented\n",
    "\n/// far away\n\n",
    "\n////// ruler\n",
  ],
};

/** One layout of a spec: `choices` picks a gap for each place, again and again from the start. */
export function layOut(spec: readonly Words[], gaps: Gaps, choices: readonly number[]): string {
  let place = 0;
  const gap = (of: readonly string[]): string => of[(choices[place++ % choices.length] ?? 0) % of.length] ?? " ";
  let result = "";
  spec.forEach((each, i) => {
    if (i > 0) result += gap(gaps.declarations);
    let glued = true;
    for (const item of each) {
      if (item === separator) {
        result += gap(gaps.separators);
        glued = true;
        continue;
      }
      result += (glued ? "" : gap(gaps.between)) + item;
      glued = false;
    }
  });
  return result + gap(gaps.declarations);
}

/** A spec in some layout. */
export function arbitraryText(gaps: Gaps): fc.Arbitrary<string> {
  const choices = fc.array(fc.nat(99), { minLength: 1, maxLength: 40 });
  return fc.tuple(arbitrarySpec, choices).map(([spec, picked]) => layOut(spec, gaps, picked));
}
