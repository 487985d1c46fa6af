/** What is told of a model that is compared. */
import { hashModel } from "../../compiler/model/index.js";
import type { Model } from "../../compiler/model/model.js";
import type { ComparedModel } from "./result.js";

export function comparedModel({ name, model }: { readonly name: string; readonly model: Model }): ComparedModel {
  return { name, model: model.name, hash: hashModel(model), spec: specHash(model), seed: model.train.seed };
}

/** Of what a spec says but its seed: equal of trainings that differ by chance only. */
function specHash(model: Model): string {
  return hashModel({ ...model, train: { ...model.train, seed: 0 } });
}
