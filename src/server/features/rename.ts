import type { TextEdit } from "../../compiler/diagnostics/index.js";
import { compileFiles, parseFile, type Compilation } from "../../compiler/compile.js";
import { declaredBy, type SpecSymbol } from "../../compiler/semantics/index.js";
import type { AnyNode } from "../../compiler/syntax/index.js";
import { isStdPath } from "../../compiler/std/index.js";
import { quote, reservedWords } from "../../compiler/text/index.js";
import { locationOf, rootOf } from "../analysis/analysis.js";
import type { NamedThing } from "../analysis/thing.js";
import { namesOf, placesOfWord, withoutOverride, type Occurrence } from "../analysis/names.js";
import { occurrencesOf } from "./references.js";
import { renamedInPlace, renamedTexts, type Parse } from "./renamed-files.js";

/** The edits of a rename over all files, or a sentence that says why there are none. */
export type Rename =
  { readonly kind: "edits"; readonly edits: readonly TextEdit[] } | { readonly kind: "refused"; readonly why: string };

/** The name at an offset, when it can be renamed. */
export function renamableAt(compilation: Compilation, path: string, offset: number): Occurrence | undefined {
  return namesOf(compilation).at(path, offset);
}

/**
 * Renames a thing in all specs that know it. A feature or a label keeps its column, and a name that would mean something
 * else afterwards, anywhere, is refused: the specs are compiled with the edits before they are handed out.
 */
export function renameThing(
  thing: NamedThing,
  newName: string,
  compilations: readonly Compilation[],
  parse: Parse = parseFile,
): Rename {
  if (isStdPath(thing.id)) return refuse(`\`${thing.name}\` belongs to the standard library`);
  if (newName === thing.name) return { kind: "edits", edits: [] };
  if (!/^[A-Za-z_]\w*$/.test(newName))
    return refuse("a name is made of the letters a to z and A to Z, digits and `_`, and does not begin with a digit");
  if (reservedWords.has(newName)) return refuse(`\`${newName}\` is a word of the language`);
  const occurrences = occurrencesOf(thing.id, compilations);
  const grouped = problemOfGroup(thing, occurrences, compilations);
  if (grouped !== undefined) return refuse(grouped);
  const edits: readonly TextEdit[] = [
    ...occurrences.map(({ span }) => ({ span, newText: newName })),
    ...columnEdits(thing, occurrences, compilations),
    ...saltEdits(thing, occurrences, compilations),
  ];
  const problem = compilations
    .map((compilation) => problemAfter(thing, newName, edits, compilation, parse))
    .find((found) => found !== undefined);
  return problem === undefined ? { kind: "edits", edits } : refuse(problem);
}

function refuse(why: string): Rename {
  return { kind: "refused", why };
}

/** `age: numeric` reads the column `age`: renamed, it says so. */
function columnEdits(
  thing: NamedThing,
  occurrences: readonly Occurrence[],
  compilations: readonly Compilation[],
): readonly TextEdit[] {
  if (thing.kind !== "feature" && thing.kind !== "label") return [];
  const edits = new Map<string, TextEdit>();
  for (const { at, declaration } of declarationsOf(occurrences, compilations)) {
    if (!readsOwnColumn(declaration)) continue;
    const { file, end } = declaration.span;
    const column = at.quoted === undefined ? thing.name : `column(${quote(at.quoted)})`;
    edits.set(locationOf(at.span), { span: { file, start: end, end }, newText: ` = ${column}` });
  }
  return [...edits.values()];
}

/** An experiment divides requests by its name unless it has a salt: renamed, it keeps every unit in its arm. */
function saltEdits(
  thing: NamedThing,
  occurrences: readonly Occurrence[],
  compilations: readonly Compilation[],
): readonly TextEdit[] {
  if (thing.kind !== "experiment") return [];
  const edits = new Map<string, TextEdit>();
  for (const { at, declaration } of declarationsOf(occurrences, compilations)) {
    if (declaration.kind !== "Experiment" || declaration.entries.some(({ key }) => key.text === "salt")) continue;
    const [first] = declaration.entries;
    if (first === undefined) continue;
    const { file, end } = first.value.span;
    const text = compilations.find(({ sources }) => sources.has(file))?.sources.get(file)?.text ?? "";
    const isOnLines = text.slice(at.span.end, first.key.span.start).includes("\n");
    const newText = `${isOnLines ? "\n  " : ", "}salt: ${quote(thing.name)}`;
    edits.set(locationOf(at.span), { span: { file, start: end, end }, newText });
  }
  return [...edits.values()];
}

/** What is declared where the occurrences are. */
function declarationsOf(
  occurrences: readonly Occurrence[],
  compilations: readonly Compilation[],
): readonly SpecSymbol[] {
  const locations = new Set(
    occurrences.filter(({ isDeclaration }) => isDeclaration).map(({ span }) => locationOf(span)),
  );
  return compilations.flatMap(({ files }) =>
    [...files.values()].flatMap((spec) =>
      spec.declarations
        .flatMap((node) => declaredBy(withoutOverride(node)))
        .filter(({ at }) => locations.has(locationOf(at.span))),
    ),
  );
}

/** Why a feature of a group keeps its name: the others depend on it, or its column does. */
function problemOfGroup(
  thing: NamedThing,
  occurrences: readonly Occurrence[],
  compilations: readonly Compilation[],
): string | undefined {
  if (thing.kind !== "feature") return undefined;
  if (occurrences.every(({ isDeclaration }) => !isDeclaration))
    return `\`${thing.name}\` is one of a range of features; give it an entry of its own first`;
  const grouped = declarationsOf(occurrences, compilations).some(
    ({ declaration }) => declaration.kind === "Feature" && declaration.of !== undefined,
  );
  return grouped ? `\`${thing.name}\` is one of a group of features; give it an entry of its own first` : undefined;
}

function readsOwnColumn(node: AnyNode): boolean {
  if (node.kind === "Label") return node.source === undefined;
  if (node.kind !== "Feature" || node.source !== undefined) return false;
  return node.type.kind !== "Call" || node.type.arguments.every(({ name }) => name?.text !== "column");
}

/** What would be wrong with a spec after the edits that was not before; undefined when nothing is. */
function problemAfter(
  thing: NamedThing,
  newName: string,
  edits: readonly TextEdit[],
  before: Compilation,
  parse: Parse,
): string | undefined {
  const { files, shift } = renamedInPlace(newName, edits, before, parse) ?? renamedTexts(edits, before, parse);
  const after = compileFiles(rootOf(before) ?? "", files, before.options);
  const known = countCodes(before);
  const fresh = after.diagnostics.find(({ code, severity }) => {
    const left = known.get(code) ?? 0;
    known.set(code, left - 1);
    return severity === "error" && left <= 0;
  });
  if (fresh !== undefined) return `with this name the spec would have an error: ${fresh.message}`;
  const own = namesOf(before).of(thing.id);
  const [first] = own;
  if (first === undefined) return undefined;
  // All places of a thing have its name.
  const names = placesOfWord(after, newName);
  const moved = names.at(first.span.file, shift(first.span))?.thing;
  return moved !== undefined && names.of(moved.id).length === own.length
    ? undefined
    : `\`${newName}\` would mean something else somewhere`;
}

function countCodes({ diagnostics }: Compilation): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { code } of diagnostics) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}
