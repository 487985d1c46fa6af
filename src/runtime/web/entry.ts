/** The code of a generated web module: the build bundles this file, with tfjs and all else that it imports, into one script. */
import { batchLayout } from "../../compiler/model/layout.js";
import { featureColumns, findColumnFault } from "../data/expressions/row-columns.js";
import type { EncodedBatch } from "../data/batches/dataset.js";
import { createRowEncoder } from "../data/encode/row-encoder.js";
import { checkRows, servedFeatures } from "../data/expressions/served-rows.js";
import { answerRequest, type OpenRanking } from "../rank/answer-request.js";
import { openRanking, rankingOf } from "../rank/open-ranking.js";
import type { LoadOptions, Predictions, RankRequest, WebModel } from "./api.js";
import type { WebContent } from "./content.js";
import { type OpenNetwork, openNetwork } from "./network.js";

/** What a generated module exports. */
export interface WebModule {
  readonly model: WebModel;
  readonly load: (options?: LoadOptions) => Promise<WebModel>;
}

export function createWebModule(content: WebContent): WebModule {
  const { name, hash, model, network } = content;
  const encode = createRowEncoder(model, content.fitted, { mode: "serving" });
  const columns = network === undefined ? [] : featureColumns(servedFeatures(model.features));
  const heads = Object.keys(network?.graph.signature.outputs ?? {});
  const rankings = new Map<string | undefined, OpenRanking>();
  let opened: OpenNetwork | undefined;
  let isLoaded = false;

  const encodeRows = (given: unknown): EncodedBatch => {
    const rows = checkRows(given);
    const fault = findColumnFault(columns, rows);
    if (fault !== undefined) throw fault.failure;
    return encode(rows);
  };
  const ready = (): OpenNetwork => {
    if (opened !== undefined) return opened;
    throw new Error(
      network === undefined
        ? `\`${name}\` has no network, so there is nothing to predict: call \`rank\``
        : "the model is not loaded: call `await load()` first",
    );
  };
  const none = (): Predictions => Object.fromEntries(heads.map((head) => [head, new Float32Array()]));
  const predict = (given: unknown): Predictions => {
    const { run } = ready();
    const batch = encodeRows(given);
    return batch.size === 0 ? none() : run(batch);
  };
  const rankingFor = (ranking: string | undefined): OpenRanking => {
    const known = rankings.get(ranking);
    if (known !== undefined) return known;
    const found = rankingOf(model, name, ranking);
    const used = { ...found, readRow: (row: Readonly<Record<string, unknown>>) => row, flow: undefined };
    const source = {
      model,
      isArtifact: true,
      network: () => Promise.resolve(network === undefined ? undefined : { heads, columns, predict }),
    };
    const open = openRanking(source, { ...used, duplicates: undefined, onWarning: undefined });
    rankings.set(ranking, open);
    return open;
  };

  const webModel: WebModel = {
    name,
    hash,
    heads,
    columns,
    get backend() {
      return opened?.backend;
    },
    predict,
    predictAsync: async (given) => {
      const { runLater } = ready();
      const batch = encodeRows(given);
      return batch.size === 0 ? none() : runLater(batch);
    },
    rank: async (request: RankRequest, ranking) => {
      if (!isLoaded) throw new Error("the model is not loaded: call `await load()` first");
      return answerRequest(rankingFor(ranking), request);
    },
    close: () => {
      opened?.close();
      opened = undefined;
      isLoaded = false;
    },
  };
  return {
    model: webModel,
    load: async ({ backend } = {}) => {
      if (network !== undefined && (opened === undefined || (backend !== undefined && backend !== opened.backend))) {
        const next = await openNetwork(network, batchLayout(model), backend);
        opened?.close();
        opened = next;
      }
      isLoaded = true;
      return webModel;
    },
  };
}
