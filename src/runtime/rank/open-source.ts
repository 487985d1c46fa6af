import { existsSync, statSync } from "node:fs";
import type { Model } from "../../compiler/model/index.js";
import type { EngineName } from "../engine/index.js";
import { createFailure } from "../failure.js";
import type { Predictor } from "../jobs/predict/predictor.js";
import { loadSpec } from "../specs/load-spec.js";

/** The part of a predictor that a ranking uses; it may predict later. */
export type RankNetwork = Pick<Predictor, "heads" | "columns"> &
  Partial<Pick<Predictor, "report">> & {
    readonly predict: (
      ...call: Parameters<Predictor["predict"]>
    ) => ReturnType<Predictor["predict"]> | Promise<ReturnType<Predictor["predict"]>>;
  };

/** What a ranking is opened over: the parts of a model that it reads, and the network. */
export interface RankedModel extends Pick<RankSource, "isArtifact" | "network"> {
  readonly model: Pick<Model, "labels" | "data">;
}

/** A model to rank by, and its network where it has one. */
export interface RankSource {
  readonly model: Model;
  readonly isArtifact: boolean;
  /**
   * The trained network; undefined for a spec, which has none. Throws a Failure (MTL7206) for an artifact that was
   * compiled and not trained.
   */
  readonly network: () => Promise<RankNetwork | undefined>;
  readonly close: () => void;
}

/** Opens a spec, or the directory of an artifact: a compiled one is enough for what reads no head of the network. */
export async function openRankSource(source: string, engine: EngineName | undefined): Promise<RankSource> {
  if (!existsSync(source) || !statSync(source).isDirectory())
    return {
      model: loadSpec(source).model,
      isArtifact: false,
      network: () => Promise.resolve(undefined),
      close: () => undefined,
    };
  // What reads artifacts and predicts takes longer to load than a spec to check.
  const { artifactModel, loadArtifact, readArtifact } = await import("../artifact/index.js");
  const files = await readArtifact(source);
  let predictor: Promise<Predictor> | undefined;
  let opened: Predictor | undefined;
  const open = async (): Promise<Predictor> => {
    if (!files.manifest.trained) throw createFailure("MTL7206", { directory: source });
    const { createPredictor } = await import("../jobs/predict/predictor.js");
    const options = { oneThread: true, ...(engine === undefined ? {} : { engine }) };
    opened = await createPredictor(await loadArtifact(source, { files }), options);
    return opened;
  };
  return {
    model: artifactModel(files),
    isArtifact: true,
    network: () => (predictor ??= open()),
    close: () => opened?.close(),
  };
}
