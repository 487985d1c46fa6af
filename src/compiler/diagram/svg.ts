import { escapeMarkup } from "../text/index.js";
import { type CardKind, cardKinds, type EdgeKind } from "./cards.js";
import {
  type Direction,
  factGap,
  metrics,
  type PlacedCard,
  type PlacedDiagram,
  type PlacedEdge,
  type Point,
} from "./layout.js";

/** A hue a kind, in the middle of light and dark, so that each reads on white and on black. */
const hues: Readonly<Record<CardKind, string>> = {
  features: "#7d8590",
  input: "#7d8590",
  table: "#0f9d8a",
  bottom: "#3b82f6",
  experts: "#6366f1",
  gate: "#d98a06",
  tower: "#a855f7",
  task: "#16a34a",
  chain: "#e0457b",
  candidate: "#7d8590",
  fusion: "#e8590c",
  rank: "#0891b2",
};

const kindNames: Readonly<Record<CardKind, string>> = {
  features: "features",
  input: "input",
  table: "table",
  bottom: "bottom",
  experts: "experts",
  gate: "gate",
  tower: "tower",
  task: "task",
  chain: "chain",
  candidate: "what candidates provide",
  fusion: "formula",
  rank: "list",
};

/** Results, which are rounder than parts. */
const roundCards: ReadonlySet<CardKind> = new Set(["task", "chain", "fusion", "rank"]);

const edgeNames: Readonly<Record<EdgeKind, string>> = {
  data: "reads",
  mix: "experts it mixes",
  weights: "what a gate looks at",
  training: "only in training",
};

const margin = 28;
/** Room for a title and a sentence; of a picture that goes down, as wide as half a window. */
const leastWidths: Readonly<Record<Direction, number>> = { right: 464, down: 400 };
const headHeight = 76;
const docLead = 16;
const legendHeight = 44;
const legendGap = 20;
const legendLead = 18;
/** Letters of the legend are narrower than this, whatever font the reader has. */
const legendLetter = 7.2;

export interface SvgOptions {
  /** Cards say their ids (`data-card`) and edges those of their ends (`data-from`, `data-to`), for a program that shows the picture. */
  readonly marked?: boolean;
  /** That of the layout. */
  readonly direction?: Direction;
}

/**
 * The picture as one SVG document, without scripts and without other files. Its ground is transparent and its ink follows
 * the reader's colour scheme.
 */
export function renderSvg(diagram: PlacedDiagram, { marked = false, direction = "right" }: SvgOptions = {}): string {
  const kinds = cardKinds.filter((kind) => diagram.cards.some((card) => card.kind === kind));
  const edges = (Object.keys(edgeNames) as EdgeKind[]).filter((kind) =>
    diagram.edges.some((edge) => edge.kind === kind),
  );
  const isDown = direction === "down";
  const least = Math.max(diagram.width, leastWidths[direction]);
  const room = isDown ? least : Infinity;
  const width = Math.max(least, legend(kinds, edges, 0, room).width) + 2 * margin;
  const doc = diagram.doc === undefined ? [] : docLines(diagram.doc, width - 2 * margin, isDown ? 3 : 1);
  const head = headHeight + Math.max(0, doc.length - 1) * docLead;
  const keys = legend(kinds, edges, head + diagram.height + legendHeight + margin - 20, room);
  const height = keys.bottom + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(`the model ${diagram.title}`)}">`,
    style(),
    `<text class="name" x="${margin}" y="32">${escapeMarkup(diagram.title)}</text>`,
    ...doc.map((line, i) => `<text class="doc" x="${margin}" y="${50 + docLead * i}">${escapeMarkup(line)}</text>`),
    `<g transform="translate(${(width - diagram.width) / 2} ${head})">`,
    ...diagram.edges.map((edge) => edgeElement(edge, diagram, { marked, direction })),
    ...diagram.cards.map((card) => cardElement(card, marked)),
    "</g>",
    keys.element,
    "</svg>",
    "",
  ].join("\n");
}

function style(): string {
  const mono = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
  const sans = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';
  return `<style>
svg { --ink: #1f2328; --soft: #59636e; --card: #ffffff }
@media (prefers-color-scheme: dark) { svg { --ink: #e6edf3; --soft: #9198a1; --card: #0d1117 } }
text { fill: #1f2328; fill: var(--ink); font-family: ${mono} }
.name { font: 600 17px ${sans} }
.doc, .key { font: 12px ${sans}; fill: #59636e; fill: var(--soft) }
.title { font-size: ${metrics.titleSize}px; font-weight: 600 }
.line { font-size: ${metrics.lineSize}px }
.fact { font-size: ${metrics.factSize}px; fill: #59636e; fill: var(--soft) }
.ground { fill: #ffffff; fill: var(--card) }
.edge { fill: none; stroke-width: 1.4; stroke-opacity: 0.65 }
.mix { stroke-width: 2.4 }
.weights { stroke-dasharray: 5 4 }
.training { stroke-dasharray: 1.5 4; stroke-linecap: round }
</style>`;
}

function cardElement(card: PlacedCard, marked: boolean): string {
  const { titleSize, padding, lead, sheet, sheets } = metrics;
  const hue = hues[card.kind];
  const isStack = card.copies !== undefined;
  const width = card.width - (isStack ? sheet * sheets : 0);
  const height = card.height - (isStack ? sheet * sheets : 0);
  const radius = roundCards.has(card.kind) ? Math.min(16, height / 2) : 7;
  const sheetAt = (offset: number): string => {
    const box = `x="${offset}" y="${offset}" width="${width}" height="${height}" rx="${radius}"`;
    return `<rect class="ground" ${box}/><rect ${box} fill="${hue}" fill-opacity="0.13" stroke="${hue}" stroke-width="1.3"/>`;
  };
  const stack = isStack ? Array.from({ length: sheets }, (_, i) => sheetAt(sheet * (sheets - i))) : [];
  const titleY = padding + titleSize - 3;
  const lines = card.lines.map(
    (line, i) => `<text class="line" x="${padding}" y="${titleY + lead * (i + 1)}">${escapeMarkup(line)}</text>`,
  );
  const facts =
    card.facts.length === 0
      ? []
      : [
          `<text class="fact" x="${padding}" y="${titleY + lead * (card.lines.length + 1)}">${escapeMarkup(card.facts.join(factGap))}</text>`,
        ];
  const badge = isStack
    ? [
        `<text class="line" x="${width - padding}" y="${titleY}" text-anchor="end" style="fill:${hue};font-weight:600">× ${card.copies ?? 1}</text>`,
      ]
    : [];
  return [
    `<g${marked ? ` class="card" data-card="${escapeMarkup(card.id)}"` : ""} transform="translate(${card.x} ${card.y})">`,
    ...stack,
    sheetAt(0),
    `<text class="title" x="${padding}" y="${titleY}">${escapeMarkup(card.title)}</text>`,
    ...badge,
    ...lines,
    ...facts,
    "</g>",
  ].join("");
}

function edgeElement(
  { points, kind, from, to }: PlacedEdge,
  { cards }: PlacedDiagram,
  { marked, direction }: Required<SvgOptions>,
): string {
  const source = cards.find((card) => card.id === from);
  const hue = hues[source?.kind ?? "input"];
  const end = points.at(-1);
  const head = end === undefined ? "" : arrow(end, hue, direction);
  const drawn = `<path class="edge ${kind}" stroke="${hue}" d="${curve(points, direction)}"/>${head}`;
  return marked ? `<g data-from="${escapeMarkup(from)}" data-to="${escapeMarkup(to)}">${drawn}</g>` : drawn;
}

/** Straight where it leaves and where it arrives, bent halfway between. */
function curve(points: readonly Point[], direction: Direction): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let at = first;
  const parts = rest.map((next) => {
    const [x, y] = [(at.x + next.x) / 2, (at.y + next.y) / 2];
    const bends = direction === "right" ? `${x} ${at.y} ${x} ${next.y}` : `${at.x} ${y} ${next.x} ${y}`;
    const part = `C ${bends} ${next.x} ${next.y}`;
    at = next;
    return part;
  });
  return `M ${first.x} ${first.y} ${parts.join(" ")}`;
}

function arrow({ x, y }: Point, hue: string, direction: Direction): string {
  const sides = direction === "right" ? "l -7 -3.5 v 7" : "l -3.5 -7 h 7";
  return `<path d="M ${x} ${y} ${sides} z" fill="${hue}" fill-opacity="0.85"/>`;
}

/** Lines from `top` on, each at most as wide as the room; the width of the widest, and where the last one is. */
function legend(
  kinds: readonly CardKind[],
  edges: readonly EdgeKind[],
  top: number,
  room: number,
): { readonly element: string; readonly width: number; readonly bottom: number } {
  let [x, y, width] = [0, top, 0];
  const parts: string[] = [];
  const add = (text: string, markWidth: number, mark: (x: number, y: number) => string): void => {
    const own = markWidth + 6 + Math.ceil(text.length * legendLetter);
    if (x > 0 && x + own > room) [x, y] = [0, y + legendLead];
    const left = margin + x;
    parts.push(mark(left, y), `<text class="key" x="${left + markWidth + 6}" y="${y}">${escapeMarkup(text)}</text>`);
    width = Math.max(width, x + own);
    x += own + legendGap;
  };
  for (const kind of kinds) {
    const paint = `fill="${hues[kind]}" fill-opacity="0.2" stroke="${hues[kind]}"`;
    add(kindNames[kind], 12, (left, at) => `<rect x="${left}" y="${at - 9}" width="12" height="10" rx="3" ${paint}/>`);
  }
  for (const kind of edges)
    add(
      edgeNames[kind],
      26,
      (left, at) => `<path class="edge ${kind}" stroke="#7d8590" d="M ${left} ${at - 4} h 26"/>`,
    );
  return { element: `<g>${parts.join("")}</g>`, width, bottom: y };
}

/** The first sentence in at most so many lines, each as wide as the room, the last one cut. */
function docLines(doc: string, room: number, most: number): readonly string[] {
  const [sentence = ""] = doc.replaceAll("\n", " ").split(/(?<=\.) /);
  const limit = Math.floor(room / 7);
  const lines: string[] = [];
  let rest = sentence;
  while (rest.length > limit && lines.length < most - 1) {
    const space = rest.lastIndexOf(" ", limit);
    const end = space > 0 ? space : limit;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest.length <= limit ? rest : `${rest.slice(0, limit - 1)}…`];
}
