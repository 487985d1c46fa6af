/**
 * Every location where a name of a spec is, in all its files, and what it stands for. The checker's references come
 * first; what it never looks at (bodies of macros, overrides, removals, import lists) or gave up on is found by name.
 */
import type { Compilation } from "../../compiler/compile.js";
import {
  declaredBy,
  isFamily,
  kindWord,
  lookOf,
  type SideTables,
  type SpecSymbol,
} from "../../compiler/semantics/index.js";
import type { Declaration, DefDeclaration, Name, RulesBlock, Spec } from "../../compiler/syntax/index.js";
import { resolvePath, type Span } from "../../compiler/text/index.js";
import { locationOf } from "./analysis.js";
import { linkDeclaration, type NameLinks } from "./link-names.js";
import type { NamedThing } from "./thing.js";

export interface Occurrence {
  readonly span: Span;
  readonly thing: NamedThing;
  readonly isDeclaration: boolean;
}

export interface NameIndex {
  /** The name that holds an offset or ends at it. */
  readonly at: (file: string, offset: number) => Occurrence | undefined;
  readonly of: (id: string) => readonly Occurrence[];
  /** In the order of the text. */
  readonly inFile: (file: string) => readonly Occurrence[];
}

const indexes = new WeakMap<Compilation, NameIndex>();

/** The names of a compilation; made once. */
export function namesOf(compilation: Compilation): NameIndex {
  const made = indexes.get(compilation);
  if (made !== undefined) return made;
  const index = createIndex(collectOccurrences(compilation));
  indexes.set(compilation, index);
  return index;
}

/** {@link namesOf} for the places of one word: all that is found there is the same. */
export function placesOfWord(compilation: Compilation, word: string): NameIndex {
  return createIndex(collectOccurrences(compilation, word));
}

/** A declared name as it is in a file, whether or not it reaches the spec. */
interface Declared {
  readonly symbol: SpecSymbol;
  readonly isOverride: boolean;
}

/** All occurrences, or those of one word. */
function collectOccurrences(compilation: Compilation, word?: string): readonly Occurrence[] {
  const { tables } = compilation;
  if (tables === undefined) return [];
  const declared = [...compilation.files.values()].flatMap(declaredIn);
  const origins = findOrigins(declared);
  const places = createPlaces();
  const things = new Map<string, NamedThing>();
  const bySymbol = new Map<SpecSymbol, NamedThing>();

  const thingOf = (symbol: SpecSymbol): NamedThing => {
    const found = bySymbol.get(symbol);
    if (found !== undefined) return found;
    const location = locationOfName(symbol.at);
    const id = origins.get(location) ?? location;
    const thing = things.get(id) ?? { id, name: symbol.name, kind: symbol.kind, at: symbol.at.span, symbol };
    things.set(id, thing);
    bySymbol.set(symbol, thing);
    return thing;
  };
  const isWanted = ({ text }: Name): boolean => text !== "" && (word === undefined || text === word);
  const put = (name: Name, thing: NamedThing, isDeclaration: boolean): void => {
    // A name that a range stands for is in no text.
    if (name.derived !== true && isWanted(name)) places.put({ span: name.span, thing, isDeclaration });
  };
  const putSymbol = (name: Name, symbol: SpecSymbol, isDeclaration: boolean): void => {
    if (isWanted(name)) put(name, thingOf(symbol), isDeclaration);
  };
  for (const symbol of tables.symbols) putSymbol(symbol.at, symbol, true);
  for (const { symbol } of declared) putSymbol(symbol.at, symbol, true);
  for (const [name, symbol] of tables.references) putSymbol(name, symbol, false);

  const links = createLinks(tables, declared, {
    isOpen: (name) => isWanted(name) && !places.has(name.span),
    thingOf,
    put,
  });
  for (const [file, spec] of compilation.files) {
    const ofFile = { ...links, resolve: (path: string): string => resolvePath(file, path) };
    for (const node of spec.declarations) linkDeclaration(node, ofFile);
  }
  return places.all;
}

/** Occurrences, the first of each place, in the order in which they came. */
interface Places {
  readonly all: readonly Occurrence[];
  readonly has: (span: Span) => boolean;
  readonly put: (occurrence: Occurrence) => void;
}

function createPlaces(): Places {
  const all: Occurrence[] = [];
  const files = new Map<string, Map<number, Span>>();
  /** Places that begin where a shorter or longer one does. */
  const others = new Set<string>();
  const has = (span: Span): boolean => {
    const first = files.get(span.file)?.get(span.start);
    return first !== undefined && (first.end === span.end || others.has(locationOf(span)));
  };
  const put = (occurrence: Occurrence): void => {
    const { span } = occurrence;
    if (has(span)) return;
    all.push(occurrence);
    const starts = files.get(span.file) ?? new Map<number, Span>();
    if (starts.size === 0) files.set(span.file, starts);
    if (starts.has(span.start)) others.add(locationOf(span));
    else starts.set(span.start, span);
  };
  return { all, has, put };
}

/** Where a name is declared; names of one range are at one location. */
function locationOfName({ text, span, derived }: Name): string {
  return derived === true ? `${locationOf(span)} ${text}` : locationOf(span);
}

function declaredIn(spec: Spec): readonly Declared[] {
  return spec.declarations.flatMap((node): readonly Declared[] => {
    const inner = withoutOverride(node);
    return declaredBy(inner).map((symbol) => ({ symbol, isOverride: inner !== node }));
  });
}

/** For the location of an overriding name, the location where it was declared first. */
function findOrigins(declared: readonly Declared[]): ReadonlyMap<string, string> {
  if (declared.every(({ isOverride }) => !isOverride)) return new Map();
  const firsts = new Map<string, SpecSymbol>();
  for (const { symbol, isOverride } of declared) {
    const key = `${lookOf(symbol.kind).space} ${symbol.name}`;
    if (!isOverride && !firsts.has(key)) firsts.set(key, symbol);
  }
  const origins = new Map<string, string>();
  for (const { symbol, isOverride } of declared) {
    const first = isOverride ? firsts.get(`${lookOf(symbol.kind).space} ${symbol.name}`) : undefined;
    if (first !== undefined) origins.set(locationOfName(symbol.at), locationOfName(first.at));
  }
  return origins;
}

/** Where links are written to. */
interface LinkTarget {
  /** Whether a place has no link yet, and is to have one. */
  readonly isOpen: (name: Name) => boolean;
  readonly thingOf: (symbol: SpecSymbol) => NamedThing;
  readonly put: (name: Name, thing: NamedThing, isDeclaration: boolean) => void;
}

function createLinks(
  tables: SideTables,
  declared: readonly Declared[],
  { isOpen, thingOf, put }: LinkTarget,
): Omit<NameLinks, "resolve"> {
  const scopes = {
    names: new Map<string, SpecSymbol>(),
    labels: new Map<string, SpecSymbol>(),
    attributes: new Map<string, SpecSymbol>(),
  };
  // What reaches the spec goes before what is in a file that it imports parts of.
  for (const symbol of [...tables.symbols, ...declared.map((each) => each.symbol)]) {
    const scope = scopes[lookOf(symbol.kind).space];
    if (!scope.has(symbol.name)) scope.set(symbol.name, symbol);
  }
  const ownThing = (name: Name, kind: NamedThing["kind"]): NamedThing => ({
    id: locationOf(name.span),
    name: name.text,
    kind,
    at: name.span,
  });
  const macros = new Map(
    [...scopes.names].flatMap(([name, symbol]) =>
      symbol.kind === "macro" ? [[name, symbol.declaration] as const] : [],
    ),
  );
  return {
    macros: macros as ReadonlyMap<string, DefDeclaration>,
    declare: (name, kind) => put(name, ownThing(name, kind), true),
    refer: (name, target, kind) => put(name, ownThing(target, kind), false),
    link: (name, spaces, fits) => {
      if (!isOpen(name)) return;
      for (const space of spaces) {
        const symbol = scopes[space].get(name.text);
        if (symbol !== undefined && (fits === undefined || fits(symbol))) return put(name, thingOf(symbol), false);
      }
    },
    family: (name) => {
      const symbol = scopes.names.get(name);
      return symbol !== undefined && isFamily(symbol) ? symbol.declaration : undefined;
    },
    rules: (name) => findRules(declared, name),
    declaredIn: (file, name) => {
      const found = declared.find(({ symbol }) => symbol.name === name.text && symbol.at.span.file === file);
      if (found !== undefined) put(name, thingOf(found.symbol), false);
    },
  };
}

function findRules(declared: readonly Declared[], name: string): readonly RulesBlock[] {
  return declared.flatMap(({ symbol }) =>
    symbol.kind === "rules" && symbol.name === name ? [symbol.declaration] : [],
  );
}

function createIndex(occurrences: readonly Occurrence[]): NameIndex {
  const inFile = remembered((path) => occurrences.filter(({ span }) => span.file === path).sort(byStart));
  const of = remembered((id) => occurrences.filter(({ thing }) => thing.id === id).sort(byStart));
  return {
    at: (file, offset) => {
      const list = inFile(file);
      let low = 0;
      let high = list.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((list[middle]?.span.end ?? 0) < offset) low = middle + 1;
        else high = middle;
      }
      // Of two names that touch, the one that begins here.
      const [first, second] = [list[low], list[low + 1]];
      if (second !== undefined && second.span.start === offset) return second;
      return first !== undefined && first.span.start <= offset ? first : undefined;
    },
    of,
    inFile,
  };
}

function byStart(a: Occurrence, b: Occurrence): number {
  return a.span.start - b.span.start;
}

function remembered<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    const found = known.get(key) ?? compute(key);
    known.set(key, found);
    return found;
  };
}

/** `experts`, `macro parameter`, `rule`: what a thing is, without an article. */
export function thingWord(kind: NamedThing["kind"]): string {
  return kind === "member" || kind === "rule" || kind === "arm" || kind === "macro parameter" ? kind : kindWord(kind);
}

/** The declaration inside an `override`, or the node itself. */
export function withoutOverride(node: Declaration): Declaration {
  return node.kind === "Override" ? node.declaration : node;
}
