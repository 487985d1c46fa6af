/** The spec with the values that a search found, as text: where it was, for a diff, and in the folder of the search. */
import { dirname, isAbsolute, join, relative, resolve, basename, sep } from "node:path";
import { compileSpec } from "../../compiler/compile.js";
import { fillSearches, type SearchDimension, type SearchPoint } from "../../compiler/semantics/index.js";
import { visit, type AnyNode, type Spec } from "../../compiler/syntax/index.js";
import { quote } from "../../compiler/text/index.js";
import type { LoadedSpec } from "../specs/load-spec.js";
import { overlayHost } from "../specs/load-spec.js";

export interface ChangedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** The files of a spec with a point's values in the place of its searches, those that change. A file in canonical layout stays in it. */
export async function filledFiles(
  { sources, searches }: Pick<LoadedSpec, "sources" | "searches">,
  point: SearchPoint,
  format: (text: string) => Promise<string>,
): Promise<readonly ChangedFile[]> {
  const texts = new Map(sources.map(({ path, text }) => [path, text] as const));
  const filled = fillSearches(texts, searches, point);
  const changed: ChangedFile[] = [];
  for (const [path, before] of texts) {
    const after = filled.get(path) ?? before;
    if (after === before) continue;
    const isCanonical = (await format(before)) === before;
    changed.push({
      path,
      before,
      after: isCanonical ? await format(after) : after,
    });
  }
  return changed;
}

/** The texts of the files that change, by path, as they are while a trial is trained. */
export function filledTexts(
  { sources }: Pick<LoadedSpec, "sources">,
  searches: readonly SearchDimension[],
  point: SearchPoint,
): Readonly<Record<string, string>> {
  const texts = new Map(sources.map(({ path, text }) => [path, text] as const));
  const filled = fillSearches(texts, searches, point);
  return Object.fromEntries([...filled].filter(([path, text]) => text !== texts.get(path)));
}

/** A file that is to be written. */
export interface MovedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The spec with its changes as files of another folder, the spec itself as `best.mtl`: paths that it names lead where they led.
 * Files that it imports stay where they are, but for those that change, or import one that does, which are beside it.
 */
export function movedSpec(spec: string, changed: readonly ChangedFile[], folder: string): readonly MovedFile[] {
  const texts = Object.fromEntries(changed.map(({ path, after }) => [path, after]));
  const compilation = compileSpec(spec, overlayHost(texts));
  const moving = filesToMove(spec, new Set(Object.keys(texts)), compilation.files, compilation.resolve);
  const names = newNames(spec, moving);
  return moving.map((path) => {
    const tree = compilation.files.get(path);
    const text = compilation.sources.get(path)?.text ?? "";
    if (tree === undefined) throw new Error(`${path} was not read`);
    const lead = (written: string, from: string): string => leadFrom(folder, resolve(dirname(from), written));
    const edits = pathsIn(tree).map(({ node, of }) => {
      const target = compilation.resolve(path, node.value);
      const moved = of === "import" ? names.get(target) : undefined;
      // Tables of vectors are looked for beside the spec, whichever file names them.
      const after =
        moved !== undefined
          ? `./${moved}`
          : of === "import"
            ? leadFrom(folder, resolve(target))
            : lead(node.value, of === "vectors" ? spec : path);
      return {
        ...node.span,
        text: isFixed(node.value) ? quote(node.value) : quote(after),
      };
    });
    const rewritten = edits
      .sort((a, b) => b.start - a.start)
      .reduce((whole, edit) => whole.slice(0, edit.start) + edit.text + whole.slice(edit.end), text);
    return {
      path: join(folder, names.get(path) ?? basename(path)),
      text: rewritten,
    };
  });
}

/** The spec, the files that change, and those on the way from it to them; the spec first. */
function filesToMove(
  spec: string,
  changed: ReadonlySet<string>,
  files: ReadonlyMap<string, Spec>,
  resolveImport: (from: string, path: string) => string,
): readonly string[] {
  const moving = new Set([spec, ...changed]);
  for (let before = 0; before !== moving.size;) {
    before = moving.size;
    for (const [path, tree] of files)
      if (pathsIn(tree).some(({ node, of }) => of === "import" && moving.has(resolveImport(path, node.value))))
        moving.add(path);
  }
  return [...moving];
}

function newNames(spec: string, moving: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const path of moving) {
    const stem = path === spec ? "best" : `best.${basename(path, ".mtl")}`;
    let name = `${stem}.mtl`;
    for (let k = 2; taken.has(name); k++) name = `${stem}_${k}.mtl`;
    taken.add(name);
    names.set(path, name);
  }
  return names;
}

interface PathInSpec {
  readonly node: AnyNode & { readonly kind: "String" };
  readonly of: "import" | "data" | "vectors";
}

/** The texts of a file that are paths. */
function pathsIn({ declarations }: Spec): readonly PathInSpec[] {
  const found: PathInSpec[] = [];
  const add = (node: AnyNode | undefined, of: PathInSpec["of"]): void => {
    if (node?.kind === "String") found.push({ node, of });
  };
  for (const declaration of declarations) {
    const node = declaration.kind === "Override" ? declaration.declaration : declaration;
    if (node.kind === "Import") add(node.from, "import");
    if (node.kind === "Model") add(node.base, "import");
    if (node.kind === "Data")
      for (const { key, value } of node.entries)
        if (["train", "validation", "test"].includes(key.text)) visitFiles(value, (each) => add(each, "data"));
    visit(node, (each) => {
      if (each.kind === "Argument" && each.name?.text === "from") add(each.value, "vectors");
    });
  }
  return found;
}

/** The files of a source: its texts, but for those of options. */
function visitFiles(value: AnyNode, enter: (node: AnyNode) => void): void {
  visit(value, (node) => {
    if (node.kind === "Argument" && node.name !== undefined) return false;
    enter(node);
    return true;
  });
}

/** Whether a path means the same from everywhere. */
function isFixed(path: string): boolean {
  return isAbsolute(path) || path.includes("://");
}

function leadFrom(folder: string, target: string): string {
  const path = relative(resolve(folder), target).split(sep).join("/");
  return path.startsWith(".") ? path : `./${path}`;
}
