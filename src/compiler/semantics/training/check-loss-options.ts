/** What a loss is told besides its head: options of every loss, and the other heads and labels that it reads. */
import {
  isHeadReference,
  isLabelReference,
  type LossBuiltin,
  lossOptions,
  type RowOption,
  rowOptions,
} from "../../builtins/index.js";
import type { Arguments, ArgumentType, ArgumentValue, HeadReference, HeadType } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { argumentFor } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { sameEvent, showEvent, showHeadType } from "../events/events.js";
import type { Heads } from "../heads/heads.js";

/** The head of a loss. */
interface LossHead {
  readonly name: string;
  readonly type: HeadType;
}

const optionsByName = new Map(rowOptions.map((option) => [option.name, option]));

/** The arguments of a loss that are its own, and the options of rows that differ from their defaults. */
export function splitArguments(
  builtin: LossBuiltin,
  args: Arguments,
): { readonly own: Arguments; readonly rows: Arguments | undefined } {
  const parameters = new Set(builtin.parameters.map(({ name }) => name));
  const entries = Object.entries(args);
  const rows = entries.filter(([name, value]) => !parameters.has(name) && optionsByName.get(name)?.default !== value);
  const known = rows.filter(([name]) => optionsByName.has(name));
  return {
    own: Object.fromEntries(entries.filter(([name]) => parameters.has(name))),
    rows: known.length === 0 ? undefined : Object.fromEntries(known),
  };
}

/** Whether the options fit the head, and what is read besides fits the loss; what does not is reported. */
export function checkLossOptions(
  context: CheckContext,
  builtin: LossBuiltin,
  given: readonly ast.Argument[],
  args: Arguments,
  head: LossHead,
  heads: Heads,
): boolean {
  const specs = [...builtin.parameters, ...lossOptions(builtin)];
  return specs.every(({ name, type }) => {
    const value = args[name];
    if (given.length === 0 || value === undefined || value === null) return true;
    const argument = argumentFor(specs, given, name);
    if (argument === undefined) return true;
    const option = builtin.parameters.some((parameter) => parameter.name === name)
      ? undefined
      : rowOptions.find((each) => each.name === name);
    const idle = option === undefined ? undefined : idleBecause(context, option, args, head);
    if (idle !== undefined) {
      context.reporter.report("MTL3084", { option: name, head: head.name, reason: idle }, argument.span);
      return false;
    }
    return isFit(context, builtin, { name, type, value, argument }, head, heads);
  });
}

/** Why an option could say nothing of the head: a clause. */
function idleBecause(
  { within }: CheckContext,
  option: RowOption,
  args: Arguments,
  { name, type }: LossHead,
): string | undefined {
  const shown = type.kind === "score" ? "a score" : showHeadType(type, within);
  if (option.for === "probability" && type.kind !== "probability") return `\`${name}\` is ${shown}, not a probability`;
  if (option.for === "condition" && (type.kind === "score" || type.given.length === 0))
    return `\`${name}\` is ${shown}, without a condition that rows could be outside of`;
  return option.name === "floor" && args["reject"] === null ? "it is about the weights of `reject`" : undefined;
}

function isFit(
  context: CheckContext,
  { name: callee }: LossBuiltin,
  read: {
    readonly name: string;
    readonly type: ArgumentType;
    readonly value: ArgumentValue;
    readonly argument: ast.Argument;
  },
  head: LossHead,
  heads: Heads,
): boolean {
  const { name: parameter, type, value, argument } = read;
  const { reporter, within, labels } = context;
  if (typeof value !== "string") return true;
  const { span } = argument.value;
  if (isLabelReference(type)) {
    if (type.base === undefined || labels.get(value)?.base === type.base) return true;
    reporter.report(
      "MTL3002",
      { callee, parameter, expected: "the label of an amount", found: `the event \`${value}\`` },
      span,
    );
    return false;
  }
  if (!isHeadReference(type) || type.is === undefined) return true;
  const other = heads.get(value);
  if (other?.type === undefined) return false;
  if (fits(type.is, other.type, head.type) && !other.external) return true;
  const found = `\`${value}\`, ${other.type.kind === "score" ? "a score" : showHeadType(other.type, within)}`;
  const condition = head.type.kind === "score" || head.type.given.length === 0 ? undefined : head.type.given;
  if (type.is === "condition" && condition === undefined) {
    const reason = `\`${head.name}\` has no condition, and \`${parameter}\` is the probability of one`;
    reporter.report("MTL3084", { option: parameter, head: head.name, reason }, argument.span);
    return false;
  }
  const expected =
    condition !== undefined && type.is === "condition"
      ? `a task or a chain that is P(${showEvent(condition, within)}), the condition of \`${head.name}\``
      : "a task that is a score";
  reporter.report("MTL3002", { callee, parameter, expected, found }, span);
  return false;
}

function fits(is: NonNullable<HeadReference["is"]>, other: HeadType, own: HeadType): boolean {
  if (is === "score") return other.kind === "score";
  if (own.kind === "score" || other.kind !== "probability") return false;
  return own.given.length > 0 && other.given.length === 0 && sameEvent(other.event, own.given);
}
