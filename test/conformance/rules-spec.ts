import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec } from "../../src/compiler/compile.js";
import type { PermitSnapshot } from "../../src/compiler/ranking/index.js";
import { createRanker, type RankedList } from "../../src/compiler/serving/index.js";
import type { CaseRule, RulesCase } from "./rules-case.js";

/** A case as a spec: what a user would write for it. */
export function specOf({ top, rules }: RulesCase): string {
  return `model case
attributes {
  score:    number >= 0
  brand:    text?
  category: text?
  tags:     texts?
  quality:  number? in [0, 1]
  fresh:    bool?
  shape:    vector(3)?
}
fusion total = score
rules all {
${rules.map((rule) => `  ${ruleText(rule)}`).join("\n")}
}
rank page = top ${top} by total${rules.length === 0 ? "" : " with all"}
`;
}

function ruleText(rule: CaseRule): string {
  const { verb, name, when, during, by, key, most, window, least, top, position, of, weight, priority, unknown } = rule;
  const literal = (value: string | number | boolean): string => JSON.stringify(value);
  const parts = [`${verb} ${name}`];
  if (when !== undefined)
    parts.push(
      when[1] === "in" ? `when ${literal(when[2])} in ${when[0]}` : `when ${when[0]} ${when[1]} ${literal(when[2])}`,
    );
  if (by !== undefined) parts.push(`by ${by}`);
  if (verb === "explore") parts.push(`at least ${least}`);
  if (most !== undefined) parts.push(`at most ${most}`);
  if (verb === "cap") parts.push("at most 1_000");
  if (key !== undefined) parts.push(`of ${key.length === 1 ? (key[0] ?? "") : `[${key.join(", ")}]`}`);
  if (of !== undefined) parts.push(`of ${of}`);
  if (verb === "cap") parts.push("per day");
  if (window !== undefined) parts.push(`in ${window}`);
  if (top !== undefined) parts.push(`in top ${top}`);
  if (position !== undefined) parts.push(`at ${position}`);
  if (during !== undefined) parts.push(`during ${during.map(timeText).join(" .. ")}`);
  if (unknown !== undefined) parts.push(`missing: ${unknown}`);
  if (priority !== undefined) parts.push("hard" in priority ? `otherwise: ${priority.hard}` : `soft: ${priority.soft}`);
  if (weight !== undefined) parts.push(`${verb === "mmr" ? "lambda" : "theta"}: ${weight}`);
  return parts.join(" ");
}

const timeText = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** The exposures that the case's caps hold, as a request's snapshot; rules have the name of their block before their own. */
export function permitsOf({ permits }: RulesCase): PermitSnapshot {
  return { held: (rule, key) => permits?.[rule.replace("all.", "")]?.[key] ?? Infinity, pace: () => 1 };
}

/** Compiles the case's spec and ranks its candidates as a request's JSON would provide them. */
export function runThroughSpec(test: RulesCase): RankedList {
  const { model, diagnostics } = compileSpec("case.mtl", createMemoryHost({ "case.mtl": specOf(test) }));
  const serving = model?.serving;
  const [rank] = serving?.ranks ?? [];
  if (serving === undefined || rank === undefined)
    throw new Error(`${diagnostics.map(({ message }) => message).join("\n")}\n${specOf(test)}`);
  const { candidates, tail, now } = test;
  const result = createRanker(serving, rank).rank({
    request: "request",
    ids: candidates.map(({ id }) => id),
    candidates,
    ...(tail === undefined ? {} : { tail }),
    now,
    seed: 1,
    permits: permitsOf(test),
  });
  if (result.kind !== "ranked") throw new Error(`no list: ${JSON.stringify(result)}`);
  return result;
}
