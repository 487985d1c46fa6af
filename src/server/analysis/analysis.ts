/** One file with all that the compiler found out about it: what every feature of the editor reads. */
import type { Compilation } from "../../compiler/compile.js";
import { blocksOf, language, newestEdition } from "../../compiler/semantics/index.js";
import type { SideTables, SpecSymbol, ValueType } from "../../compiler/semantics/index.js";
import { pathAt, type AnyNode, type DefDeclaration, type Spec } from "../../compiler/syntax/index.js";
import type { SourceFile, Span } from "../../compiler/text/index.js";

export interface Analysis {
  readonly path: string;
  readonly source: SourceFile;
  /** The tree as it is written. */
  readonly spec: Spec;
  /** Of the spec that the file is or is a part of. */
  readonly compilation: Compilation;
  readonly tables: SideTables;
}

/** Undefined when the compilation has no such file. */
export function createAnalysis(path: string, compilation: Compilation): Analysis | undefined {
  const source = compilation.sources.get(path);
  const spec = compilation.files.get(path);
  const { tables } = compilation;
  if (source === undefined || spec === undefined || tables === undefined) return undefined;
  return { path, source, spec, compilation, tables };
}

/** The file that was compiled: the spec, and not what it imports. Undefined when it could not be read. */
export function rootOf({ spec }: Compilation): string | undefined {
  return spec?.span.file;
}

/** The nodes that hold an offset, from the declaration down. */
export function nodesAt({ spec }: Analysis, offset: number): readonly AnyNode[] {
  return pathAt(spec, offset).slice(1);
}

/** The file of the standard library's block that is named among the nodes: `import { mmoe } from std`. */
export function stdBlockAt({ path, compilation }: Analysis, nodes: readonly AnyNode[]): string | undefined {
  const [declaration, name] = nodes;
  if (declaration?.kind !== "Import" || name?.kind !== "Name" || name === declaration.from) return undefined;
  const edition = compilation.editions.get(path) ?? newestEdition(language);
  return blocksOf({ ...declaration, names: [name] }, edition, language.std).find((block) =>
    compilation.files.has(block),
  );
}

const typeIndexes = new WeakMap<Compilation, ReadonlyMap<string, ValueType>>();

/**
 * What a node is. Nodes that a macro is in were copied before they were checked, so that the location decides; inside a
 * macro's body it is what the first call made of it.
 */
export function typeOf({ compilation, tables }: Analysis, node: AnyNode): ValueType | undefined {
  const own = tables.types.get(node);
  if (own !== undefined) return known(own);
  let index = typeIndexes.get(compilation);
  if (index === undefined) {
    const byLocation = new Map<string, ValueType>();
    for (const [each, type] of tables.types) {
      const key = locationOf(each.span);
      if (!byLocation.has(key)) byLocation.set(key, type);
    }
    index = byLocation;
    typeIndexes.set(compilation, index);
  }
  return known(index.get(locationOf(node.span)));
}

function known(type: ValueType | undefined): ValueType | undefined {
  return type?.kind === "error" ? undefined : type;
}

/** A location as a key of maps. */
export function locationOf({ file, start, end }: Span): string {
  return `${file}:${start}:${end}`;
}

/** The macros of a spec, by name. */
export function macrosOf({ symbols }: SideTables): ReadonlyMap<string, DefDeclaration> {
  return new Map(symbols.flatMap((symbol) => (symbol.kind === "macro" ? [[symbol.name, symbol.declaration]] : [])));
}

/** The symbols of some kinds, in the order of the text. */
export function symbolsOfKinds({ tables }: Analysis, kinds: readonly SpecSymbol["kind"][]): readonly SpecSymbol[] {
  return tables.symbols.filter((symbol) => kinds.includes(symbol.kind));
}
