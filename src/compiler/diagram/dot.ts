import type { Card, CardKind, Diagram, EdgeKind } from "./cards.js";

/** Graphviz's words for the kinds: their shapes. */
const shapes: Readonly<Record<CardKind, string>> = {
  features: "note",
  input: "box",
  table: "cylinder",
  bottom: "box",
  experts: "box3d",
  gate: "diamond",
  tower: "box",
  task: "ellipse",
  chain: "ellipse",
  candidate: "note",
  fusion: "hexagon",
  rank: "tab",
};

const edgeStyles: Readonly<Record<EdgeKind, string>> = {
  data: "solid",
  mix: "solid",
  weights: "dashed",
  training: "dotted",
};

/** The picture in the DOT language of Graphviz, without places: `dot -Tsvg`. */
export function renderDot({ title, cards, edges }: Diagram): string {
  return [
    `digraph ${quote(title)} {`,
    "  rankdir=LR;",
    '  node [fontname="monospace", fontsize=10];',
    ...cards.map((card) => `  ${quote(card.id)} [shape=${shapes[card.kind]}, label=${quote(label(card))}];`),
    ...edges.map(({ from, to, kind }) => `  ${quote(from)} -> ${quote(to)} [style=${edgeStyles[kind]}];`),
    "}",
    "",
  ].join("\n");
}

function label({ title, copies, lines, facts }: Card): string {
  const name = copies === undefined ? title : `${title} × ${copies}`;
  return [name, ...lines, ...facts].join("\n");
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
