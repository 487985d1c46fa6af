import { childrenOf, type AnyNode, type Spec } from "../../src/compiler/syntax/index.js";

/** A plain value without the places of its nodes. */
export function withoutSpans(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSpans);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "span" && key !== "operatorSpan")
      .map(([key, each]) => [key, withoutSpans(each)]),
  );
}

/** A tree as text: a node a line with its kind, its place and what it holds besides other nodes. */
export function printTree(spec: Spec): string {
  return [...lines(spec, 0), ...spec.comments.flatMap((comment) => lines(comment, 0))].join("\n") + "\n";
}

function lines(node: AnyNode, depth: number): readonly string[] {
  const values = Object.entries(node)
    .filter(([key, value]) => key !== "kind" && typeof value !== "object")
    .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const line = `${"  ".repeat(depth)}${node.kind} ${node.span.start}-${node.span.end}${values.join("")}`;
  return [line, ...childrenOf(node).flatMap((child) => lines(child, depth + 1))];
}
