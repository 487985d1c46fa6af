import { Graph, layout } from "@dagrejs/dagre";
import type { Card, Diagram, DiagramEdge } from "./cards.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A card with its position: the upper left corner, in pixels. */
export interface PlacedCard extends Card, Point {
  readonly width: number;
  readonly height: number;
}

/** Where a picture goes: `down` fits a page that is higher than wide. */
export type Direction = "right" | "down";

export interface PlacedEdge extends DiagramEdge {
  /** From the side of the one card to the facing side of the other, through the gaps between those in the way. */
  readonly points: readonly Point[];
}

export interface PlacedDiagram extends Omit<Diagram, "cards" | "edges"> {
  readonly width: number;
  readonly height: number;
  readonly cards: readonly PlacedCard[];
  readonly edges: readonly PlacedEdge[];
}

/** Sizes of text and space, in pixels; names are set in a typewriter's font, where every letter is as wide. */
export const metrics = {
  titleSize: 14,
  lineSize: 11.5,
  factSize: 10,
  letter: 0.602,
  padding: 11,
  /** Between the lines of a card. */
  lead: 16,
  /** How far each sheet of a stack is offset. */
  sheet: 4,
  sheets: 2,
} as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Between layers, in pixels; names are wider than high. */
const layerGaps: Readonly<Record<Direction, number>> = { right: 72, down: 34 };

/**
 * Places the cards in layers (Sugiyama's method, by dagre), each after what it reads, from left to right or downwards.
 * Cards of a layer get one width (height), so that they line up.
 */
export function layoutDiagram(diagram: Diagram, direction: Direction = "right"): PlacedDiagram {
  const gap = layerGaps[direction];
  if (direction === "right") return layoutLayers(diagram, sizeOf, gap);
  // Downwards is to the right with the axes swapped.
  const swapped = layoutLayers(diagram, (card) => swapSize(sizeOf(card)), gap);
  return {
    ...diagram,
    ...swapSize(swapped),
    cards: swapped.cards.map((card) => ({ ...card, ...swapSize(card), x: card.y, y: card.x })),
    edges: swapped.edges.map((edge) => ({ ...edge, points: edge.points.map(({ x, y }) => ({ x: y, y: x })) })),
  };
}

function swapSize({ width, height }: Size): Size {
  return { width: height, height: width };
}

function layoutLayers(diagram: Diagram, sized: (card: Card) => Size, gap: number): PlacedDiagram {
  const sizes = new Map(diagram.cards.map((card) => [card.id, sized(card)]));
  const first = place(diagram, sizes, gap);
  const layerOf = (id: string): number => first.centers.get(id)?.x ?? 0;
  const widths = new Map<number, number>();
  for (const [id, { width }] of sizes) widths.set(layerOf(id), Math.max(width, widths.get(layerOf(id)) ?? 0));
  const even = new Map([...sizes].map(([id, size]) => [id, { ...size, width: widths.get(layerOf(id)) ?? size.width }]));
  const { centers, routes } = place(diagram, even, gap);
  const cards = diagram.cards.map((card): PlacedCard => {
    const { width = 0, height = 0 } = even.get(card.id) ?? {};
    const { x = 0, y = 0 } = centers.get(card.id) ?? {};
    return { ...card, x: round(x - width / 2), y: round(y - height / 2), width, height };
  });
  const byId = new Map(cards.map((card) => [card.id, card]));
  const edges = diagram.edges.map((edge, index): PlacedEdge => {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    return {
      ...edge,
      points: from === undefined || to === undefined ? [] : route(routes[index] ?? [], from, to, cards),
    };
  });
  return {
    ...diagram,
    width: Math.max(0, ...cards.map((card) => card.x + card.width)),
    height: Math.max(0, ...cards.map((card) => card.y + card.height)),
    cards,
    edges,
  };
}

/** The centers of the cards, and for each edge the points that dagre leads it through. */
function place(
  { cards, edges }: Diagram,
  sizes: ReadonlyMap<string, Size>,
  ranksep: number,
): { readonly centers: ReadonlyMap<string, Point>; readonly routes: readonly (readonly Point[])[] } {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", ranksep, nodesep: 20, edgesep: 14, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  // A copy: dagre writes positions into it.
  for (const { id } of cards) graph.setNode(key(id), { ...sizes.get(id) });
  for (const { from, to, kind } of edges) graph.setEdge(key(from), key(to), { weight: weights[kind] }, kind);
  layout(graph);
  const centers = cards.map(({ id }) => {
    const { x = 0, y = 0 } = graph.node(key(id)) as Partial<Point>;
    return [id, { x, y }] as const;
  });
  const routes = edges.map(
    ({ from, to, kind }) =>
      (graph.edge(key(from), key(to), kind) as { readonly points?: readonly Point[] }).points ?? [],
  );
  return { centers: new Map(centers), routes };
}

/** What dagre keeps a card under, in plain objects: no name that every object has. */
function key(id: string): string {
  return `:${id}`;
}

/** Between facts at the foot of a card. */
export const factGap = " · ";

/** What is drawn straight where not all can be. */
const weights: Readonly<Record<DiagramEdge["kind"], number>> = { mix: 3, data: 2, weights: 1, training: 1 };

/** Room for the longest line, and for the sheets of a stack. */
function sizeOf({ title, lines, facts, copies }: Card): Size {
  const { titleSize, lineSize, factSize, letter, padding, lead, sheet, sheets } = metrics;
  const badge = copies === undefined ? 0 : String(copies).length + 3;
  const text = Math.max(
    (title.length + badge) * titleSize * letter,
    ...lines.map((line) => line.length * lineSize * letter),
    facts.join(factGap).length * factSize * letter,
  );
  const stack = copies === undefined ? 0 : sheet * sheets;
  const rows = lines.length + (facts.length === 0 ? 0 : 1);
  return {
    width: Math.ceil(text + 2 * padding + stack),
    height: Math.ceil(titleSize + rows * lead + 2 * padding - 2 + stack),
  };
}

/**
 * From the middle of one card's side to the middle of the other's. A column of cards in between is passed level, at the
 * height where dagre left a gap; bends lie between columns.
 */
function route(
  points: readonly Point[],
  from: PlacedCard,
  to: PlacedCard,
  cards: readonly PlacedCard[],
): readonly Point[] {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  const between = points.flatMap(({ x, y }): readonly Point[] => {
    const column = cards.find((card) => card.x <= x && x <= card.x + card.width);
    const isInside = x > start.x && x < end.x;
    if (column === undefined || !isInside) return [];
    return [
      { x: Math.max(start.x, column.x), y },
      { x: Math.min(end.x, column.x + column.width), y },
    ];
  });
  return [start, ...between, end].map(({ x, y }) => ({ x: round(x), y: round(y) }));
}

/** Halves of a pixel: the same picture on every machine. */
function round(value: number): number {
  return Math.round(value * 2) / 2;
}
