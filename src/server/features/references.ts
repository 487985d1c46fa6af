import type { Compilation } from "../../compiler/compile.js";
import { compareText, type Span } from "../../compiler/text/index.js";
import { locationOf } from "../analysis/analysis.js";
import type { NamedThing } from "../analysis/thing.js";
import { namesOf, type Occurrence } from "../analysis/names.js";

/** The thing whose name is at an offset of a file. */
export function thingAt(compilation: Compilation, path: string, offset: number): NamedThing | undefined {
  return namesOf(compilation).at(path, offset)?.thing;
}

/** Every location of a name in some compilations, each once, by file and location. */
export function occurrencesOf(id: string, compilations: readonly Compilation[]): readonly Occurrence[] {
  const found = new Map<string, Occurrence>();
  for (const compilation of compilations)
    for (const occurrence of namesOf(compilation).of(id)) {
      const location = locationOf(occurrence.span);
      if (!found.has(location)) found.set(location, occurrence);
    }
  return [...found.values()].sort((a, b) => compareText(a.span.file, b.span.file) || a.span.start - b.span.start);
}

/** Where a thing is read, and where it is declared when that is asked for. */
export function referencesOf(
  id: string,
  compilations: readonly Compilation[],
  includeDeclaration: boolean,
): readonly Span[] {
  return occurrencesOf(id, compilations)
    .filter(({ isDeclaration }) => includeDeclaration || !isDeclaration)
    .map(({ span }) => span);
}
