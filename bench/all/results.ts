/** bench/RESULTS.md: the parts that were measured, each under what says where it comes from; the rest stays. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { machine, note, projectRoot } from "../report.js";
import type { AllOptions, PartName } from "./options.js";
import { mergeParts, partText, type Section } from "./parts.js";

const page = "bench/RESULTS.md";

/** Puts a part into the page. */
export async function writeResults(name: PartName, sections: readonly Section[], options: AllOptions): Promise<void> {
  const path = join(projectRoot, page);
  const merged = mergeParts(
    readFileSync(path, "utf8"),
    new Map([[name, partText(sections, provenance(name, options))]]),
  );
  const config = await resolveConfig(path);
  writeFileSync(path, await format(merged, { ...config, parser: "markdown" }));
  note(`${page}: ${name}`);
}

function provenance(name: PartName, { rounds, seconds, rows }: AllOptions): string {
  const command = `npm run bench -- all --only ${name} --rounds ${rounds} --seconds ${seconds} --rows ${rows}`;
  const speed = cpus()[0]?.speed ?? 0;
  const clock = speed === 0 ? "" : ` at ${(speed / 1000).toFixed(1)} GHz`;
  return `${new Date().toISOString().slice(0, 10)}, ${machine()}${clock}; \`${command}\`.`;
}
