/** The options of a rule (`key: value`), each by its row in the verb. */
import type { FormulaExpression } from "../../../model/index.js";
import { ruleVerbs, type RuleOption } from "../../../rules/index.js";
import type * as ast from "../../../syntax/index.js";
import { isTimeZone, suggest } from "../../../text/index.js";
import { readArgument } from "../../arguments/arguments.js";
import type { FormulaScope } from "../../formulas/typed-formula.js";
import { inferNumber } from "./counts.js";

type OptionClause = Extract<ast.RuleClause, { kind: "OptionClause" }>;

/** The options of a rule by name, defaults filled in. */
export interface TypedOptions {
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that the text states, with the first text of each. */
  readonly stated: ReadonlyMap<string, ast.Expression>;
  /** The zone of the rule's dates, as far as it is one. */
  readonly zone: string;
  /** Nothing was reported. */
  readonly valid: boolean;
}

export function inferOptions(scope: FormulaScope, rule: ast.Rule): TypedOptions {
  const { options } = ruleVerbs[rule.verb];
  const values = new Map<string, unknown>(Object.entries(options).map(([name, option]) => [name, defaultOf(option)]));
  const stated = new Map<string, ast.Expression>();
  let valid = true;
  for (const clause of rule.clauses) {
    if (clause.kind !== "OptionClause" || clause.key.text === "") continue;
    const { text } = clause.key;
    const option = findOption(scope, rule, clause, stated);
    if (option === undefined) {
      valid = false;
      continue;
    }
    stated.set(text, clause.value);
    const value = inferOption(scope, rule, option, clause);
    if (value === undefined) valid = false;
    else values.set(text, value);
  }
  const zone = values.get("zone");
  return { values: Object.fromEntries(values), stated, zone: typeof zone === "string" ? zone : "UTC", valid };
}

function defaultOf(option: RuleOption): unknown {
  if (!("read" in option)) return undefined;
  const read = option.read(option.default);
  return "value" in read ? read.value : undefined;
}

/** The option that a clause states for the first time. */
function findOption(
  { context }: FormulaScope,
  rule: ast.Rule,
  { key, span }: OptionClause,
  stated: ReadonlyMap<string, ast.Expression>,
): RuleOption | undefined {
  const { options } = ruleVerbs[rule.verb];
  const option = Object.hasOwn(options, key.text) ? options[key.text] : undefined;
  if (option === undefined) {
    const known = Object.keys(options);
    const suggestion = suggest(key.text, known);
    context.reporter.report("MTL2005", { callee: rule.verb, name: key.text, known, suggestion }, key.span, {
      suggest: { span: key.span, word: suggestion },
    });
    return undefined;
  }
  const first = stated.get(key.text);
  if (first === undefined) return option;
  context.reporter.report("MTL5009", { clause: key.text }, span, {
    labels: [{ span: first.span, message: "the first one" }],
  });
  return undefined;
}

/** The value for the verb's model; undefined after something was reported. */
function inferOption(
  scope: FormulaScope,
  rule: ast.Rule,
  option: RuleOption,
  { key, value: node }: OptionClause,
): unknown {
  const { context } = scope;
  if (!("read" in option)) return inferNumber(scope, node, key.text)?.value satisfies FormulaExpression | undefined;
  const callee = { name: rule.verb, span: rule.name.span };
  const value = readArgument(context, callee, { name: key.text, type: option.type }, node);
  if (value === undefined) return undefined;
  if (option.isZone === true && typeof value === "string" && !isTimeZone(value)) {
    context.reporter.report("MTL5043", { zone: value }, node.span, {
      help: "use a name of the IANA list: `Asia/Shanghai`, `UTC`",
    });
    return undefined;
  }
  const read = option.read(value);
  if ("value" in read) return read.value;
  context.reporter.report(
    "MTL3003",
    { callee: rule.verb, parameter: key.text, expected: read.expected, found: JSON.stringify(value) },
    node.span,
  );
  return undefined;
}
