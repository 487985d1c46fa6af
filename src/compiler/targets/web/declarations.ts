import type { Model } from "../../model/index.js";

/** The `.d.ts` of a web module: the names of its spec, and then `declarations`, which every module has. */
export function webDeclarations(
  { name, serving }: Pick<Model, "name" | "serving">,
  heads: readonly string[],
  declarations: string,
): string {
  return [
    `/** The model ${JSON.stringify(name).replaceAll("*/", "* /")}: predictions and ranked lists of rows. */`,
    `export type HeadName = ${namesOf(heads)};`,
    `export type RankingName = ${namesOf((serving?.ranks ?? []).map((rank) => rank.name))};`,
    "",
    declarations,
  ].join("\n");
}

function namesOf(names: readonly string[]): string {
  return names.length === 0 ? "never" : names.map((name) => JSON.stringify(name)).join(" | ");
}
