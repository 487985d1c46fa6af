import { resolve } from "node:path";
import { type Cost, costOf } from "../../../compiler/cost/index.js";
import { loadModelSource } from "../../../runtime/specs/model-source.js";
import type { Outcome } from "../../command.js";
import { readIds } from "../../id-options.js";

/** What a spec's or an artifact's model costs. `ids` as `user_id=1_000_000`. */
export async function runCost(name: string, ids: readonly string[] | undefined): Promise<Outcome<Cost>> {
  const source = await loadModelSource(name, resolve("."));
  return { result: costOf(source.model, { ...source.ids, ...readIds(ids, [source.model]) }), exitCode: 0 };
}
