import type { Reporter } from "../../diagnostics/index.js";
import type { Edition } from "../../editions/index.js";
import { releaseFor, stdPath, type StdReleases } from "../../std/index.js";
import type { EditionDeclaration, ImportDeclaration, Spec } from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { newestEdition, type Language } from "./language.js";

/** The edition of each file, by its path. */
export type FileEditions = ReadonlyMap<string, Edition>;

/**
 * The edition that a file is written for: what its own `edition:` says, else what its project says, else the newest. An
 * edition that is not there is reported (MTL1020), and so is a line that is not the first declaration of its file (MTL1021).
 */
export function editionOf(spec: Spec, language: Language, project: Edition | undefined, reporter: Reporter): Edition {
  const written = spec.declarations.find((node) => node.kind === "Edition");
  reportPosition(spec, reporter);
  const own = written === undefined ? undefined : readEdition(written, language, reporter);
  return own ?? project ?? newestEdition(language);
}

/** The edition of a file's own line; undefined when it names none that there is. */
function readEdition({ year }: EditionDeclaration, language: Language, reporter: Reporter): Edition | undefined {
  if (year.kind === "Missing") return undefined;
  const known = language.editions.map(({ edition }) => edition);
  const value = year.kind === "Number" ? year.value : undefined;
  if (value !== undefined && known.includes(value)) return value;
  const newest = newestEdition(language);
  const suggestion = suggest(year.text, known.map(String));
  reporter.report("MTL1020", { found: year.text, known, suggestion }, year.span, {
    suggest: { span: year.span, word: suggestion },
    help:
      value !== undefined && value > newest
        ? "a newer mtlc may know it: `npm install mtlc@latest`"
        : `write \`edition: ${newest}\``,
  });
  return undefined;
}

function reportPosition({ declarations }: Spec, reporter: Reporter): void {
  const first = declarations.find((node) => node.kind === "Edition");
  for (const [i, node] of declarations.entries()) {
    if (node.kind !== "Edition" || i === 0) continue;
    const repeats = node !== first;
    reporter.report("MTL1021", { repeats }, node.span, {
      ...(repeats && first !== undefined ? { labels: [{ span: first.span, message: "the first one" }] } : {}),
      help: repeats ? "leave one of them out" : "move the line above all other declarations",
    });
  }
}

/** The paths of the blocks of the standard library that a file imports. */
export function blocksNamedIn(spec: Spec, edition: Edition, std: StdReleases): readonly string[] {
  return spec.declarations.flatMap((node) => (node.kind === "Import" ? blocksOf(node, edition, std) : []));
}

/** The paths of the blocks of the standard library that one import takes; none for an import of a file. */
export function blocksOf(node: ImportDeclaration, edition: Edition, std: StdReleases): readonly string[] {
  if (node.from.kind !== "Name" || node.from.text !== "std") return [];
  const release = releaseNamedBy(node, edition, std);
  return release === undefined ? [] : (node.names ?? []).map(({ text }) => stdPath(text, release));
}

/** The release that an import of the standard library takes; undefined when there is none of the version it names. */
export function releaseNamedBy(node: ImportDeclaration, edition: Edition, std: StdReleases): number | undefined {
  if (node.version === undefined || node.version.kind === "Missing") return releaseFor(edition, std);
  const release = node.version.kind === "Number" ? node.version.value : undefined;
  return release !== undefined && std.has(release) ? release : undefined;
}
