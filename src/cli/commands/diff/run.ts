import { own } from "../../../compiler/text/index.js";
import { resolve } from "node:path";
import { type ChangeClass, diffIds, diffModels, holdsClass, type ModelDiff } from "../../../compiler/diff/index.js";
import { idCounts } from "../../../compiler/cost/index.js";
import type { FittedSizes, Model } from "../../../compiler/model/index.js";
import { createFailure } from "../../../runtime/failure.js";
import { fileAtRevision, gitName } from "../../../runtime/specs/git.js";
import { loadGitSpec } from "../../../runtime/specs/git-spec.js";
import { loadModelSource, type ModelSource } from "../../../runtime/specs/model-source.js";
import type { Outcome } from "../../command.js";
import { readIds } from "../../id-options.js";

export interface DiffRequest {
  readonly models: readonly string[];
  /** Revision that the one model is compared with. */
  readonly revision?: string;
  readonly ids?: readonly string[];
  /** Exit with 1 when a change is of this class or a farther one. */
  readonly failOn?: ChangeClass;
}

/** Compares two models; the exit code is 0 unless the request asks otherwise. */
export async function runDiff({ models, revision, ids, failOn }: DiffRequest): Promise<Outcome<ModelDiff>> {
  const [before, after] = await loadSides(models, revision);
  const given = readIds(ids, [before.model, after.model]);
  const result = diffModels(before.model, after.model, {
    before: { ...likelyIds(before.model, after.ids), ...before.ids, ...given },
    after: { ...likelyIds(after.model, before.ids), ...after.ids, ...given },
  });
  const [earlier, later] = [before.vocabularies?.(), after.vocabularies?.()];
  const vocabularies = earlier === undefined || later === undefined ? [] : diffIds(earlier, later);
  const fails = failOn !== undefined && result.class !== "none" && holdsClass(result.class, failOn);
  return {
    result: { ...result, ...(vocabularies.length === 0 ? {} : { ids: vocabularies }) },
    exitCode: fails ? 1 : 0,
  };
}

/** The other side's numbers, where this side leaves them to the data: the same data, in all likelihood. */
function likelyIds(model: Model, others: FittedSizes["ids"]): FittedSizes["ids"] {
  const likely = idCounts(model).flatMap(({ feature, ids, source }): readonly (readonly [string, number])[] => {
    const other = own(others, feature);
    if (other === undefined || source === "spec") return [];
    return [[feature, source === "limit" ? Math.min(ids, other) : other]];
  });
  return Object.fromEntries(likely);
}

async function loadSides(
  models: readonly string[],
  revision: string | undefined,
): Promise<readonly [ModelSource, ModelSource]> {
  const [first, second, third] = models;
  const folder = resolve(".");
  if (revision !== undefined && first !== undefined && second === undefined) {
    const file = fileAtRevision(revision, first);
    const old = { name: gitName(file), model: loadGitSpec(file).model, ids: {}, files: [] };
    return [old, await loadModelSource(first, folder)];
  }
  if (revision !== undefined || first === undefined || second === undefined || third !== undefined)
    throw createFailure("MTL8023", { given: models.length });
  return Promise.all([loadModelSource(first, folder), loadModelSource(second, folder)]);
}
