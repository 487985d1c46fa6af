/** The code of a generated web module: the build bundles this file, with tfjs and all else that it imports, into one script. */
import { batchInputs, batchLayout } from "../../compiler/model/layout.js";
import { createRowEncoder } from "../data/encode/row-encoder.js";
import { featureColumns, findColumnFault } from "../data/expressions/row-columns.js";
import { checkRows, servedFeatures } from "../data/expressions/served-rows.js";
import { answerRequest, type OpenRanking } from "../rank/answer-request.js";
import { openRanking, rankingOf } from "../rank/open-ranking.js";
import type { RankNetwork } from "../rank/open-source.js";
import type { LoadOptions, Predictions, WebModel } from "./api.js";
import type { WebContent } from "./content.js";
import { type Feeds, type OpenNetwork, openNetwork } from "./network.js";

export { openNetwork } from "./network.js";

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
  let opened: OpenNetwork | undefined;
  let isLoaded = false;
  let loading: Promise<void> = Promise.resolve();

  const checkLoaded = (): void => {
    if (!isLoaded) throw new Error("the model is not loaded: call `await load()` first");
  };
  const ready = (): OpenNetwork => {
    checkLoaded();
    if (opened === undefined)
      throw new Error(`\`${name}\` has no network, so there is nothing to predict: call \`rank\``);
    return opened;
  };
  const layout = batchLayout(model);
  /** None where there are no rows. */
  const feedsOf = (given: unknown): Feeds | undefined => {
    const rows = checkRows(given);
    const fault = findColumnFault(columns, rows);
    if (fault !== undefined) throw fault.failure;
    if (rows.length === 0) return undefined;
    const { size, ids, numbers } = encode(rows);
    return {
      [batchInputs.ids]: { shape: [size, layout.idWidth], data: ids },
      [batchInputs.numbers]: { shape: [size, layout.numberWidth], data: numbers },
    };
  };
  const none = (): Predictions => Object.fromEntries(heads.map((head) => [head, new Float32Array()]));
  const predictAsync: WebModel["predictAsync"] = async (given) => {
    const { runLater } = ready();
    const feeds = feedsOf(given);
    return feeds === undefined ? none() : runLater(feeds);
  };
  const rankings = openRankings(content, network === undefined ? undefined : { heads, columns, predict: predictAsync });

  const webModel: WebModel = {
    name,
    hash,
    heads,
    columns,
    get backend() {
      return opened?.backend;
    },
    predict: (given) => {
      const { run } = ready();
      const feeds = feedsOf(given);
      return feeds === undefined ? none() : run(feeds);
    },
    predictAsync,
    rank: async (request, ranking) => {
      checkLoaded();
      return answerRequest(rankings(ranking), request);
    },
    close: () => {
      opened?.close();
      opened = undefined;
      isLoaded = false;
    },
  };

  const open = async ({ backend }: LoadOptions): Promise<void> => {
    if (network !== undefined && (opened === undefined || (backend !== undefined && backend !== opened.backend))) {
      const next = await openNetwork(network, backend);
      opened?.close();
      opened = next;
    }
    isLoaded = true;
  };
  return {
    model: webModel,
    // One after the other: each may change the backend.
    load: async (options = {}) => {
      const before = loading;
      const work = before.then(() => open(options));
      loading = work.catch(() => undefined);
      await work;
      return webModel;
    },
  };
}

/** The rankings of the model by name, each opened when it is asked for first; the first one without a name. */
function openRankings(
  { name, model }: WebContent,
  network: RankNetwork | undefined,
): (ranking: string | undefined) => OpenRanking {
  const known = new Map<string | undefined, OpenRanking>();
  return (ranking) => {
    const open =
      known.get(ranking) ??
      openRanking(
        { model, isArtifact: true, network: () => Promise.resolve(network) },
        {
          ...rankingOf(model, name, ranking),
          // Values come as JavaScript has them.
          readRow: (row) => row,
          flow: undefined,
          duplicates: undefined,
          onWarning: undefined,
        },
      );
    known.set(ranking, open);
    return open;
  };
}
