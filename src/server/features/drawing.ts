/** A model's drawing, and how its cards and the text belong together. */
import type { Compilation } from "../../compiler/compile.js";
import { costOf } from "../../compiler/cost/index.js";
import { diagramOf, type Direction, layoutDiagram, renderSvg } from "../../compiler/diagram/index.js";
import { declaredBy, isFamily, type SideTables, type SpecSymbol } from "../../compiler/semantics/index.js";
import type { Span } from "../../compiler/text/index.js";
import { nodesAt, locationOf, type Analysis } from "../analysis/analysis.js";
import { namesOf, withoutOverride } from "../analysis/names.js";

export interface Drawing {
  readonly title: string;
  /** One SVG document, made once a direction. */
  readonly svg: (direction: Direction) => string;
  /** Where each card is declared, by its id: the name there. */
  readonly declarations: ReadonlyMap<string, Span>;
}

const drawings = new WeakMap<Compilation, Drawing>();

/** The picture of a spec's model, made once a compilation; undefined where there is no model. */
export function drawingOf(compilation: Compilation): Drawing | undefined {
  const made = drawings.get(compilation);
  if (made !== undefined) return made;
  const { model, tables } = compilation;
  if (model === undefined || tables === undefined) return undefined;
  const diagram = diagramOf(model, costOf(model));
  const named = cardsOf(tables);
  const declarations = new Map(
    diagram.cards.flatMap(({ id, kind }) => {
      const readers = diagram.edges.flatMap(({ from, to }) => (from === id ? [to] : []));
      const span = kind === "candidate" ? firstInput(tables) : (named.get(id) ?? spanOfFirst(readers, named));
      return span === undefined ? [] : [[id, span] as const];
    }),
  );
  const svgs = new Map<Direction, string>();
  const svg = (direction: Direction): string => {
    const text = svgs.get(direction) ?? renderSvg(layoutDiagram(diagram, direction), { marked: true, direction });
    svgs.set(direction, text);
    return text;
  };
  const drawing = { title: diagram.title, svg, declarations };
  drawings.set(compilation, drawing);
  return drawing;
}

/** The id of the card that an offset is about: of the name there, or else of the declaration around it. */
export function cardAt(analysis: Analysis, offset: number): string | undefined {
  const { compilation, path, tables } = analysis;
  const drawing = drawingOf(compilation);
  if (drawing === undefined) return undefined;
  const cards = cardsOf(tables);
  const ids = new Map([...cards].map(([id, span]) => [locationOf(span), id]));
  const shown = (id: string | undefined): string | undefined =>
    id !== undefined && drawing.declarations.has(id) ? id : undefined;
  const thing = namesOf(compilation).at(path, offset)?.thing;
  const named = thing === undefined ? undefined : shown(ids.get(locationOf(thing.at)));
  if (named !== undefined) return named;
  const [declaration] = nodesAt(analysis, offset);
  const declared = new Set(declaredHere(declaration).map((symbol) => locationOf(symbol.at.span)));
  return [...cards].find(([id, span]) => {
    const group = tables.symbols.filter(isFamily).find(({ name }) => id.startsWith(`${name}.`));
    return shown(id) !== undefined && declared.has(locationOf(group?.at.span ?? span));
  })?.[0];
}

function declaredHere(node: ReturnType<typeof nodesAt>[number] | undefined): readonly SpecSymbol[] {
  return node === undefined ? [] : declaredBy(withoutOverride(node as Parameters<typeof withoutOverride>[0]));
}

/** Where the things that cards can show have their names, by the cards' ids. */
function cardsOf({ symbols }: SideTables): ReadonlyMap<string, Span> {
  return new Map(
    symbols.flatMap((symbol): readonly (readonly [string, Span])[] => {
      switch (symbol.kind) {
        case "bottoms":
        case "gates":
        case "towers":
          return [
            [symbol.name, symbol.at.span],
            ...symbol.declaration.members.map(({ text, span }) => [`${symbol.name}.${text}`, span] as const),
          ];
        case "rank":
          return [[`rank ${symbol.name}`, symbol.at.span]];
        case "input":
        case "table":
        case "bottom":
        case "tower":
        case "experts":
        case "gate":
        case "task":
        case "chain":
        case "fusion":
          return [[symbol.name, symbol.at.span]];
        default:
          return [];
      }
    }),
  );
}

/** Of what candidates and the request provide, the first that is declared. */
function firstInput({ symbols }: SideTables): Span | undefined {
  return symbols.find(({ kind }) => kind === "attribute" || kind === "signal" || kind === "request")?.at.span;
}

function spanOfFirst(ids: readonly string[], spans: ReadonlyMap<string, Span>): Span | undefined {
  return ids.map((id) => spans.get(id)).find((span) => span !== undefined);
}
