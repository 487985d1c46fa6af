import type { ExperimentArm, ExperimentModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { readArgument } from "../arguments/arguments.js";
import { collectEntries } from "../names/blocks.js";
import { constantOf } from "../arguments/constants.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { holds, showInterval } from "../../functions/intervals.js";
import { resolveName } from "../names/resolve.js";
import type { ValueType } from "../values/types.js";

/**
 * `experiment heavier_price { by: user_id, control: arm(0.9), heavier: arm(0.1, beta: 2) }`: what divides the requests,
 * and for each arm its share and the parameters that it sets. Undefined when something was reported.
 */
export function inferExperiment(
  context: CheckContext,
  node: ast.ExperimentDeclaration,
  params: ReadonlyMap<string, ValueType>,
): ExperimentModel | undefined {
  const { name, doc, span } = node;
  const entries = collectEntries(context, "experiment", node.entries);
  const callee = { name: "experiment", span: name.span };
  const key = inferKey(context, callee, entries.get("by"));
  const saltEntry = entries.get("salt");
  const salt =
    saltEntry === undefined
      ? name.text
      : readArgument(context, callee, { name: "salt", type: { kind: "text" } }, saltEntry.value);
  const armEntries = [...entries.values()].filter((entry) => entry !== saltEntry && entry.key.text !== "by");
  const arms = armEntries.map((entry) => inferArm(context, entry, params));
  const valid = arms.filter((arm) => arm !== undefined);
  if (valid.length !== arms.length || key === undefined || typeof salt !== "string") return undefined;
  const sum = valid.reduce((total, arm) => total + arm.share, 0);
  if (Math.abs(sum - 1) > 1e-9) {
    context.reporter.report("MTL5051", { sum: Number(sum.toPrecision(6)), arms: valid.length }, name.span, {
      help: "the arm that changes nothing is one of them: `control: arm(0.9)`",
    });
    return undefined;
  }
  return { name: name.text, ...(doc === undefined ? {} : { doc }), key, salt, arms: valid, span };
}

function inferKey(
  context: CheckContext,
  callee: { readonly name: string; readonly span: ast.Node["span"] },
  entry: ast.Entry | undefined,
): string | undefined {
  const expected = "a value of the request that divides them, such as `user_id`";
  if (entry === undefined) {
    context.reporter.report("MTL3001", { callee: callee.name, parameter: "by", expected }, callee.span);
    return undefined;
  }
  const { value } = entry;
  if (value.kind === "Missing") return undefined;
  if (value.kind === "NameExpression")
    return resolveName(context, value.name, { kinds: ["request"], what: "a value of the request" })?.name;
  context.reporter.report(
    "MTL3002",
    { callee: callee.name, parameter: "by", expected, found: describeValue(value) },
    value.span,
  );
  return undefined;
}

/** `share: 0.1`, where all have names. */
function isShare({ name }: ast.Argument): boolean {
  return name?.text === "share";
}

function inferArm(
  context: CheckContext,
  { key, value: node, span }: ast.Entry,
  params: ReadonlyMap<string, ValueType>,
): ExperimentArm | undefined {
  if (node.kind === "Missing") return undefined;
  if (node.kind !== "Call" || node.callee.text !== "arm") {
    context.reporter.report(
      "MTL3002",
      {
        callee: "experiment",
        parameter: key.text,
        expected: "an arm: `arm(0.1, beta: 2)`",
        found: describeValue(node),
      },
      node.span,
    );
    return undefined;
  }
  const callee = { name: "arm", span: node.callee.span };
  const first = node.arguments.find(({ name }) => name === undefined) ?? node.arguments.find(isShare);
  const rest = node.arguments.filter((argument) => argument !== first);
  if (first === undefined) {
    context.reporter.report(
      "MTL3001",
      { callee: "arm", parameter: "share", expected: "a share of the requests in (0, 1]" },
      node.span,
    );
    return undefined;
  }
  const share = readArgument(
    context,
    callee,
    { name: "share", type: { kind: "number", min: 0, minOpen: true, max: 1 } },
    first.value,
  );
  const changes = new Map<string, number>();
  let valid = typeof share === "number";
  for (const argument of rest) {
    const value = inferChange(context, argument, params);
    if (value === undefined || argument.name === undefined) valid = false;
    else if (changes.has(argument.name.text)) {
      context.reporter.report("MTL3004", { callee: "arm", parameter: argument.name.text }, argument.span);
      valid = false;
    } else changes.set(argument.name.text, value);
  }
  return valid && typeof share === "number"
    ? { name: key.text, share, params: Object.fromEntries(changes), span }
    : undefined;
}

/** `beta: 2`: a parameter of the spec, inside its range. */
function inferChange(
  context: CheckContext,
  { name, value, span }: ast.Argument,
  params: ReadonlyMap<string, ValueType>,
): number | undefined {
  if (name === undefined) {
    context.reporter.report("MTL3005", { callee: "arm", parameters: ["share"] }, span);
    return undefined;
  }
  const symbol = resolveName(context, name, { kinds: ["param"], what: "a parameter" });
  const constant = constantOf(value);
  if (symbol === undefined || constant.kind === "missing") return undefined;
  if (constant.kind === "none") {
    context.reporter.report(
      "MTL3002",
      { callee: "arm", parameter: symbol.name, expected: "a number", found: describeValue(value) },
      value.span,
    );
    return undefined;
  }
  const type = params.get(symbol.name);
  if (type?.kind !== "number") return undefined;
  if (holds(type.range, constant.value)) return constant.value;
  context.reporter.report(
    "MTL5005",
    { name: symbol.name, value: constant.value, range: showInterval(type.range) },
    value.span,
  );
  return undefined;
}

/** Two experiments that set one parameter would overwrite each other. */
export function checkExperimentOverlap(context: CheckContext, experiments: readonly ExperimentModel[]): void {
  const owners = new Map<string, ExperimentModel>();
  for (const experiment of experiments)
    for (const arm of experiment.arms)
      for (const param of Object.keys(arm.params)) {
        const owner = owners.get(param) ?? experiment;
        owners.set(param, owner);
        if (owner !== experiment)
          context.reporter.report("MTL5052", { param, first: owner.name, second: experiment.name }, arm.span, {
            labels: [{ span: owner.span, message: `\`${owner.name}\` sets it as well` }],
          });
      }
}
