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
  const index = createIndex(
    compilation.tables === undefined ? [] : collectOccurrences(compilation, compilation.tables),
  );
  indexes.set(compilation, index);
  return index;
}

/** A declared name as it is in a file, whether or not it reaches the spec. */
interface Declared {
  readonly symbol: SpecSymbol;
  readonly isOverride: boolean;
}

function collectOccurrences(compilation: Compilation, tables: SideTables): readonly Occurrence[] {
  const declared = [...compilation.files.values()].flatMap(declaredIn);
  const origins = findOrigins(declared);
  const things = new Map<string, NamedThing>();
  const occurrences = new Map<string, Occurrence>();

  const thingOf = (symbol: SpecSymbol): NamedThing => {
    const location = locationOfName(symbol.at);
    const id = origins.get(location) ?? location;
    const known = things.get(id);
    if (known !== undefined) return known;
    const thing: NamedThing = { id, name: symbol.name, kind: symbol.kind, at: symbol.at.span, symbol };
    things.set(id, thing);
    return thing;
  };
  const put = (name: Name, thing: NamedThing, isDeclaration: boolean): void => {
    // A name that a range stands for is in no text.
    if (name.derived === true) return;
    const location = locationOf(name.span);
    if (name.text !== "" && !occurrences.has(location))
      occurrences.set(location, { span: name.span, thing, isDeclaration });
  };
  for (const symbol of tables.symbols) put(symbol.at, thingOf(symbol), true);
  for (const { symbol } of declared) put(symbol.at, thingOf(symbol), true);
  for (const [name, symbol] of tables.references) put(name, thingOf(symbol), false);

  const links = createLinks(tables, declared, thingOf, put);
  for (const [file, spec] of compilation.files)
    for (const node of spec.declarations)
      linkDeclaration(node, { ...links, resolve: (path) => resolvePath(file, path) });
  return [...occurrences.values()];
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

function createLinks(
  tables: SideTables,
  declared: readonly Declared[],
  thingOf: (symbol: SpecSymbol) => NamedThing,
  put: (name: Name, thing: NamedThing, isDeclaration: boolean) => void,
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
  const byFile = new Map<string, Occurrence[]>();
  const byId = new Map<string, Occurrence[]>();
  for (const occurrence of occurrences) {
    append(byFile, occurrence.span.file, occurrence);
    append(byId, occurrence.thing.id, occurrence);
  }
  for (const list of [...byFile.values(), ...byId.values()]) list.sort((a, b) => a.span.start - b.span.start);
  return {
    at: (file, offset) => {
      const list = byFile.get(file) ?? [];
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
    of: (id) => byId.get(id) ?? [],
    inFile: (file) => byFile.get(file) ?? [],
  };
}

function append(map: Map<string, Occurrence[]>, key: string, occurrence: Occurrence): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [occurrence]);
  else list.push(occurrence);
}

/** `experts`, `macro parameter`, `rule`: what a thing is, without an article. */
export function thingWord(kind: NamedThing["kind"]): string {
  return kind === "member" || kind === "rule" || kind === "arm" || kind === "macro parameter" ? kind : kindWord(kind);
}

/** The declaration inside an `override`, or the node itself. */
export function withoutOverride(node: Declaration): Declaration {
  return node.kind === "Override" ? node.declaration : node;
}
