/**
 * How an experiment reports: tables and charts that are functions of its results, printed by its benchmark and shown between
 * markers of docs/papers.md, so that page, charts and results are one.
 */
import { mkdirSync, writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { markdownTable, note, print, printTable, projectRoot } from "../report.js";
import { workFolder } from "./kept-runs.js";
import { type PaperResults, resultsFolder, writeResults } from "./results.js";

/** Something that a benchmark prints and the page shows. */
export type ReportPart =
  /** Rows of cells, the head first. */
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[] }
  /** `alt` says what is to be seen; `draw` gives the same SVG for the same results. */
  | { readonly kind: "chart"; readonly alt: string; readonly draw: () => Promise<string> };

/** An experiment of a paper. The page has a marker for each part, and for `run`, which says how the figures came about. */
export interface Paper<Results extends PaperResults = PaperResults> {
  readonly name: string;
  /** Its parts by name, in the order in which they are printed. */
  parts(results: Results): Readonly<Record<string, ReportPart>>;
}

export const papersPage = "docs/papers.md";
const imagesFolder = "docs/images";

/**
 * Prints the tables and leaves results and charts in `.mtlc/papers/NAME`; with `write`, puts them into the repository as
 * well: the results file, the charts, and the page.
 */
export async function reportPaper<Results extends PaperResults>(
  paper: Paper<Results>,
  results: Results,
  { write }: { readonly write: boolean },
): Promise<void> {
  const parts = paper.parts(results);
  for (const [name, part] of Object.entries(parts))
    if (part.kind === "table") {
      print(`\n${paper.name}: ${name}`);
      printTable(part.rows);
    }
  print(`\n${provenance(results)}`);
  const images = write ? imagesFolder : workFolder(paper.name);
  note(`results: ${await writeResults(results, write ? resultsFolder : workFolder(paper.name))}`);
  mkdirSync(join(projectRoot, images), { recursive: true });
  for (const [file, svg] of await drawCharts(paper, parts)) {
    writeFileSync(join(projectRoot, images, file), svg);
    note(`chart: ${join(images, file)}`);
  }
  if (!write) return note(`with --write they are put into ${resultsFolder}, ${imagesFolder} and ${papersPage}`);
  const page = join(projectRoot, papersPage);
  writeFileSync(page, await remadePapersPage(readFileSync(page, "utf8"), [{ paper, results }]));
}

/** The SVG of each chart, by the name of its file. */
export async function drawCharts(
  { name: paper }: Paper,
  parts: Readonly<Record<string, ReportPart>>,
): Promise<ReadonlyMap<string, string>> {
  const charts = new Map<string, string>();
  for (const [name, part] of Object.entries(parts))
    if (part.kind === "chart") charts.set(chartFile(paper, name), await part.draw());
  return charts;
}

/**
 * The page with what is between `<!-- NAME: PART -->` and `<!-- end -->` made again from the results; sections of other
 * experiments stay. Throws where a marker names a part that there is not, or a part has no marker.
 */
export async function remadePapersPage(
  page: string,
  reported: readonly { readonly paper: Paper; readonly results: PaperResults }[],
): Promise<string> {
  let text = page;
  for (const { paper, results } of reported) {
    const parts = paper.parts(results);
    const missing = new Set(["run", ...Object.keys(parts)]);
    text = text.replace(
      /^<!-- ([\w-]+): ([\w-]+) -->\n[^]*?^<!-- end -->$/gm,
      (all: string, name: string, part: string) => {
        if (name !== paper.name) return all;
        missing.delete(part);
        return `<!-- ${name}: ${part} -->\n\n${shown(paper.name, part, parts, results)}\n\n<!-- end -->`;
      },
    );
    if (missing.size > 0) throw new Error(`${papersPage} has no marker for ${paper.name}: ${[...missing].join(", ")}`);
  }
  const config = await resolveConfig(join(projectRoot, papersPage));
  return await format(text, { ...config, parser: "markdown" });
}

function shown(
  paper: string,
  name: string,
  parts: Readonly<Record<string, ReportPart>>,
  results: PaperResults,
): string {
  if (name === "run") return provenance(results);
  const part = parts[name];
  if (part === undefined) throw new Error(`${papersPage}: ${paper} has no part ${name}`);
  return part.kind === "table" ? markdownTable(part.rows) : `![${part.alt}](images/${chartFile(paper, name)})`;
}

function chartFile(paper: string, part: string): string {
  return `${paper}-${part}.svg`;
}

/** One paragraph on where the figures come from. */
function provenance({ form, command, machine, runs, specs, experiment }: PaperResults): string {
  const hashes = Object.entries(specs).map(([path, hash]) => `\`${path}\` ${hash.slice(0, 12)}`);
  return (
    `The ${form} form: \`${command}\`, ${runs.length} runs, in \`${resultsFolder}/${experiment}.json\` with their seeds; ` +
    `${machine}. Specs by hash: ${hashes.join(", ")}.`
  );
}
