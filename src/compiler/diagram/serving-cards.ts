import { formulaText, inputTypeText, numberText } from "../describe/index.js";
import { type FormulaExpression, type FormulaLeaf, type ServingModel, declaredHead } from "../model/index.js";
import type { Card, DiagramEdge } from "./cards.js";

/** A formula's lines are at most about this long. */
const formulaWidth = 38;
/** Values of a candidate that are listed by name. */
const listedValues = 8;
const candidateId = "a candidate's values";

/** What comes after the network: the values that candidates provide, formulas, and rankings with their rules. */
export function servingCards(
  serving: ServingModel,
  heads: ReadonlySet<string>,
): { readonly cards: readonly Card[]; readonly edges: readonly DiagramEdge[] } {
  const formulas = serving.fusions.map(({ name, value }) => ({ id: name, reads: leavesOf(value) }));
  const rankings = serving.ranks.map(({ name, stages, ties }) => ({
    id: `rank ${name}`,
    reads: [...stages, ...ties].flatMap(({ by }) => leavesOf(by)),
  }));
  const fusions = new Set(formulas.map(({ id }) => id));
  const edges = [...formulas, ...rankings].flatMap(({ id, reads }) =>
    reads.flatMap((leaf): readonly DiagramEdge[] => {
      const from = sourceOf(leaf, heads, fusions);
      return from === undefined ? [] : [{ from, to: id, kind: "data" }];
    }),
  );
  const isBrought = edges.some(({ from }) => from === candidateId);
  return {
    cards: [
      ...(isBrought ? [candidateCard(serving)] : []),
      ...serving.fusions.map(({ name, value }) => fusionCard(serving, name, value)),
      ...serving.ranks.map((rank) => rankCard(serving, rank)),
    ],
    edges,
  };
}

function sourceOf(leaf: FormulaLeaf, heads: ReadonlySet<string>, fusions: ReadonlySet<string>): string | undefined {
  switch (leaf.kind) {
    case "fusion":
      return fusions.has(leaf.name) ? leaf.name : undefined;
    case "input":
      return heads.has(leaf.name) ? declaredHead(leaf.name) : candidateId;
    case "param":
    case "constant":
      return undefined;
  }
}

function candidateCard({ inputs }: ServingModel): Card {
  const own = inputs.filter(({ origin }) => origin === "attribute" || origin === "signal" || origin === "request");
  const lines = own.map((input) => `${input.name} ${inputTypeText(input)}`);
  const rest = lines.length - listedValues;
  return {
    id: candidateId,
    kind: "candidate",
    title: "a candidate",
    lines: rest <= 1 ? lines : [...lines.slice(0, listedValues), `… ${rest} more values`],
    facts: [],
  };
}

function fusionCard({ params }: ServingModel, name: string, value: FormulaExpression): Card {
  const read = new Set(leavesOf(value).flatMap((leaf) => (leaf.kind === "param" ? [leaf.name] : [])));
  const facts = params.flatMap((param) => (read.has(param.name) ? [`${param.name} ${numberText(param.value)}`] : []));
  return { id: name, kind: "fusion", title: name, lines: wrapped(formulaText(value)), facts };
}

function rankCard({ ruleSets }: ServingModel, { name, stages, rules }: ServingModel["ranks"][number]): Card {
  const count = (set: string): number => ruleSets.find((each) => each.name === set)?.rules.length ?? 0;
  const total = rules.reduce((sum, set) => sum + count(set), 0);
  return {
    id: `rank ${name}`,
    kind: "rank",
    title: name,
    lines: [...stages.map(({ top, by }) => `top ${top} by ${formulaText(by)}`), ...rules.map((set) => `rules ${set}`)],
    facts: rules.length === 0 ? [] : [`${total} ${total === 1 ? "rule" : "rules"}`],
  };
}

/** A formula on several lines, broken before operators that are in no parentheses. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of outerParts(text)) {
    if (line !== "" && line.length + 1 + part.length > formulaWidth) {
      lines.push(line);
      line = part;
    } else line = line === "" ? part : `${line} ${part}`;
  }
  return [...lines, line];
}

/** `a`, `* (b + c)`, `/ d`. */
function outerParts(text: string): readonly string[] {
  const parts: string[] = [];
  for (const word of text.split(/ (?=[*+/-] )/)) {
    const last = parts.at(-1) ?? "";
    const isInside = last.split("(").length > last.split(")").length;
    if (isInside) parts[parts.length - 1] = `${last} ${word}`;
    else parts.push(word);
  }
  return parts;
}

/** What a formula reads, from left to right. */
function leavesOf(expression: FormulaExpression): readonly FormulaLeaf[] {
  switch (expression.kind) {
    case "constant":
    case "input":
    case "param":
    case "fusion":
      return [expression];
    case "negate":
    case "not":
    case "list":
    case "piecewise":
      return leavesOf(expression.operand);
    case "arithmetic":
    case "comparison":
    case "logic":
      return [...leavesOf(expression.left), ...leavesOf(expression.right)];
    case "member":
      return [expression.operand, ...expression.values].flatMap(leavesOf);
    case "call":
      return expression.arguments.flatMap(leavesOf);
  }
}
