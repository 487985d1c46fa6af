import type { Reporter } from "../../diagnostics/index.js";
import { rowOf, type Declaration, type ImportDeclaration, type Spec } from "../../syntax/index.js";
import { isStdPath, stdPath, type StdReleases } from "../../std/index.js";
import { isSpecPath, suggest, type Span } from "../../text/index.js";
import { releaseNamedBy, type FileEditions } from "../editions/file-editions.js";
import { joinFiles, mergeBlocks } from "./blocks.js";
import { applyChanges } from "./overrides.js";
import { pickNames } from "./pick-names.js";

/** The files of a spec by the paths they were read under, and how a path in one of them is resolved. */
export interface LoadedSpecs {
  readonly files: ReadonlyMap<string, Spec>;
  readonly resolve: (from: string, path: string) => string;
  /** The edition of each file. */
  readonly editions: FileEditions;
  /** The releases of the standard library. */
  readonly std: StdReleases;
}

/**
 * The declarations of a file with what it imports and extends put in: first what it extends, then imports, then its own;
 * overrides and removals applied. What comes by several ways is there once. A file that is missing or part of a circle was reported and gives nothing.
 */
export function expandModules(path: string, loaded: LoadedSpecs, reporter: Reporter): readonly Declaration[] {
  return expandFile(path, loaded, reporter, []);
}

function expandFile(
  path: string,
  loaded: LoadedSpecs,
  reporter: Reporter,
  way: readonly string[],
): readonly Declaration[] {
  const spec = loaded.files.get(path);
  if (spec === undefined) return [];
  const reach = (at: Span, written: string): readonly Declaration[] | undefined => {
    if (!isStdPath(written) && !isSpecPath(written)) {
      reporter.report("MTL1017", { path: written }, at, { help: `a spec of that name is \`"${written}.mtl"\`` });
      return undefined;
    }
    const target = isStdPath(written) ? written : loaded.resolve(path, written);
    if (way.includes(target) || target === path) {
      reporter.report("MTL2021", { path: [...way.slice(Math.max(0, way.indexOf(target))), path, target] }, at);
      return undefined;
    }
    if (!loaded.files.has(target)) {
      reporter.report("MTL2020", { path: written, found: target }, at, { help: "paths are relative to this file" });
      return undefined;
    }
    return expandFile(target, loaded, reporter, [...way, path]);
  };

  let declarations: readonly Declaration[] = [];
  for (const node of spec.declarations)
    if (node.kind === "Model" && node.base !== undefined)
      declarations = (reach(node.base.span, node.base.value) ?? []).filter((each) => !isOwn(each));
  const imports = spec.declarations.filter((node) => node.kind === "Import");
  reportRepeats(imports, reporter);
  const edition = loaded.editions.get(path) ?? Infinity;
  for (const node of imports)
    declarations = joinFiles(
      declarations,
      expandImport(node, reach, { release: releaseNamedBy(node, edition, loaded.std), std: loaded.std }, reporter),
    );
  const own = spec.declarations.filter((node) => node.kind !== "Import" && node.kind !== "Edition");
  const plain = own.filter((node) => node.kind !== "Override" && node.kind !== "Remove");
  // Changes are of what comes from elsewhere: what the file itself declares is written as it should be.
  declarations = applyChanges(declarations, own, reporter);
  // Blocks of only this file stay apart: that one is repeated in a file is a mistake of its own.
  return mergeBlocks(declarations, plain);
}

/** The same name of the same file, or the same whole file, imported a second time by one file. */
function reportRepeats(imports: readonly ImportDeclaration[], reporter: Reporter): void {
  const seen = new Map<string, Span>();
  for (const { from, names } of imports) {
    if (from.kind === "Missing") continue;
    const file = from.kind === "Name" ? from.text : from.value;
    const parts = names ?? [undefined];
    for (const part of parts) {
      const span = part?.span ?? from.span;
      const key = JSON.stringify([file, part?.text]);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, span);
      else if (part?.text !== "" && file !== "")
        reporter.report("MTL6035", { name: part?.text, file }, span, {
          labels: [{ span: first, message: "imported here first" }],
          help: "leave this one out",
        });
    }
  }
}

/** The declarations of a file that is written as a path at a place; undefined when they cannot be had, which is reported. */
type Reach = (at: Span, written: string) => readonly Declaration[] | undefined;

/** The standard library, and the release of it that an import takes. */
interface StdLookup {
  readonly std: StdReleases;
  /** Undefined when there is none of the version that the import names. */
  readonly release: number | undefined;
}

/** What concerns only one file: its model and its tests. */
function isOwn(node: Declaration): boolean {
  return rowOf(node)?.isLocal === true;
}

function expandImport(
  node: ImportDeclaration,
  reach: Reach,
  library: StdLookup,
  reporter: Reporter,
): readonly Declaration[] {
  const { from } = node;
  if (from.kind === "Missing") return [];
  if (from.kind === "Name") {
    if (from.text === "std") return expandBlocks(node, reach, library, reporter);
    if (from.text !== "")
      reporter.report("MTL2004", { name: from.text, what: "a library", known: ["std"] }, from.span, {
        help: `a file is in quotes: \`"./${from.text}.mtl"\``,
      });
    return [];
  }
  const found = reach(from.span, from.value);
  if (found === undefined) return [];
  const declarations = found.filter((each) => !isOwn(each));
  if (node.names === undefined) return declarations;
  return pickNames(declarations, node.names, from.value, reporter);
}

/** Blocks of the standard library: all that each declares. */
function expandBlocks(
  { names = [], version }: ImportDeclaration,
  reach: Reach,
  { release, std }: StdLookup,
  reporter: Reporter,
): readonly Declaration[] {
  if (release === undefined) {
    if (version !== undefined && version.kind !== "Missing")
      reporter.report("MTL1024", { found: version.text, known: [...std.keys()] }, version.span);
    return [];
  }
  const known = Object.keys(std.get(release) ?? {});
  return names.flatMap((name) => {
    if (name.text === "") return [];
    if (known.includes(name.text)) return reach(name.span, stdPath(name.text, release)) ?? [];
    const suggestion = suggest(name.text, known);
    reporter.report("MTL2022", { name: name.text, file: "std", suggestion }, name.span, {
      suggest: { span: name.span, word: suggestion },
    });
    return [];
  });
}
