import { createDiagnostic, type DiagnosticCode, type DiagnosticParameters } from "../../compiler/diagnostics/index.js";
import type { InputRow } from "../../compiler/formulas/index.js";
import type { Model, RankModel, ServingInput, ServingModel } from "../../compiler/model/index.js";
import {
  createRanker as createListRanker,
  readRequest,
  type RankRequest,
  type RankResult,
} from "../../compiler/serving/index.js";
import { columnsOf, type RawRow } from "../data/index.js";
import { createFailure, noLocation } from "../failure.js";
import { createFlowControl, openPermitStore, type PermitStore } from "../flow/index.js";
import type { PredictorReport } from "../jobs/predict.js";
import type { RankAnswer, Ranker, RankerFlow, RankerOptions, RefusedAnswer, ServiceRequest } from "./answer.js";
import { diagnosticOf, type Fault, faultOf } from "./fault.js";
import { keepFirst } from "./keep-first.js";
import { isGiven, networkScores } from "./network-scores.js";
import { openRankSource } from "./open-source.js";
import { createUnreadNames } from "./unread-names.js";

/** Values of a row as the spec's inputs have them: from JSON as they are, from texts of a table read. */
export type ReadRow = (row: RawRow, inputs: readonly ServingInput[]) => InputRow;

/** Opens a ranking of a spec, or of the directory of a trained or compiled artifact. Throws a {@link Failure}. */
export async function createRanker(source: string, options: RankerOptions = {}): Promise<Ranker> {
  return openRanker(source, options, (row) => row);
}

export async function openRanker(source: string, options: RankerOptions, readRow: ReadRow): Promise<Ranker> {
  const opened = await openRankSource(source, options.engine);
  const { model } = opened;
  const { serving, rank } = rankingOf(model, source, options.ranking);
  const list = createListRanker(serving, rank);
  const inputs = serving.inputs.filter(({ name }) => list.inputs.has(name));
  const headInputs = inputs.filter(({ origin }) => origin === "head");
  const heads = headInputs.map(({ name }) => name);
  const unreadHeads = serving.inputs.filter(({ name, origin }) => origin === "head" && !heads.includes(name));
  const ofRequest = serving.inputs.filter(({ origin }) => origin === "request");
  const store = await openNamed(options.flow);
  const flow = flowOf(model, serving, options.flow, store);
  let report: (() => PredictorReport) | undefined;
  let unreadNames: ReturnType<typeof createUnreadNames> | undefined;
  const headsTold = new Set<string>();

  const warn = <C extends DiagnosticCode>(code: C, parameters: DiagnosticParameters<C>): void =>
    options.onWarning?.(createDiagnostic(code, parameters, noLocation()));

  /** The candidates' values of the ranking's inputs, those of the network among them. */
  const prepare = async (request: RankRequest, values: RawRow): Promise<readonly InputRow[] | Fault> => {
    const rows = request.candidates;
    const provided = rows.map((row) => readRow(row, headInputs));
    const isComplete = provided.every((row) => heads.every((head) => isGiven(row, head)));
    const network = heads.length === 0 || isComplete ? undefined : await opened.network();
    if (network !== undefined) report = network.report;
    unreadNames ??= createUnreadNames(
      serving.inputs,
      network?.columns.map(({ column }) => column) ?? [],
      otherNames(model),
    );
    for (const name of unreadNames(rows, values)) warn("MTL7521", { ...name, request: request.request });
    const predicted = new Set(network?.heads);
    const own = inputs.filter(({ name, origin }) => origin !== "id" && !predicted.has(name));
    const missing = rows.length === 0 ? undefined : own.find((input) => isMissing(input, rows));
    if (missing !== undefined) {
      const { name, origin } = missing;
      const known = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const isHead = origin === "head";
      return { diagnostic: diagnosticOf("MTL7517", { input: name, rank: rank.name, isHead, known }), input: name };
    }
    const typed = rows.map((row) => readRow(row, own));
    if (network === undefined) {
      if (opened.isArtifact) tellGiven(heads, request.request);
      return typed;
    }
    const scores = networkScores(network, { rows, provided, values, heads, inputs: ofRequest });
    if (scores.kind === "fault") {
      const { failure, row, column } = scores;
      const [diagnostic] = failure.diagnostics;
      if (diagnostic === undefined) throw failure;
      return {
        diagnostic,
        ...(row === undefined ? {} : { id: request.ids[row] as string }),
        ...(column === undefined ? {} : { input: column }),
      };
    }
    tellGiven(scores.given, request.request);
    // A chain is not made again of a task that the candidates provide.
    for (const { name } of unreadHeads)
      if (!headsTold.has(name) && rows.some((row) => Object.hasOwn(row, name))) {
        headsTold.add(name);
        warn("MTL7521", { name, whose: "the candidates", request: request.request });
      }
    return typed.map((row, i) => ({
      ...row,
      ...Object.fromEntries([...scores.heads].map(([head, column]) => [head, column[i]])),
    }));
  };

  const tellGiven = (given: readonly string[], request: string): void => {
    for (const head of given) {
      if (headsTold.has(head)) continue;
      headsTold.add(head);
      warn("MTL7520", { head, request });
    }
  };

  const answer = async (given: ServiceRequest): Promise<RankAnswer> => {
    const { now = Date.now() / 1000, seed = 0 } = isRecord(given) ? given : {};
    const name = isRecord(given) && isName(given.request) ? String(given.request) : "";
    const refused = ({ diagnostic, id, input }: Fault, request = name): RefusedAnswer => ({
      kind: "refused",
      request,
      ranking: rank.name,
      now,
      seed,
      ...(id === undefined ? {} : { id }),
      ...(input === undefined ? {} : { input }),
      diagnostic,
    });
    const values = isRecord(given) && isRecord(given.values) ? given.values : {};
    const sound = readRequest(serving, isRecord(given) ? withDefaults(given, now) : given);
    if (sound.kind === "refused") return refused(faultOf(sound, name));
    const { request, duplicates } =
      options.duplicates === "first" ? keepFirst(sound.request) : { request: sound.request, duplicates: [] };
    const candidates = await prepare(request, values);
    if ("diagnostic" in candidates) return refused(candidates);
    const ask = (permits?: RankRequest["permits"]): RankResult =>
      list.rank({ ...request, candidates, ...(permits === undefined ? {} : { permits }) });
    const flowed = await flow?.rank(now, (permits) => {
      const ranking = ask(permits);
      return { ranking, spent: ranking.kind === "ranked" ? ranking.spent : [] };
    });
    const result = flowed?.ranking ?? ask();
    if (result.kind !== "ranked") return refused(faultOf(result, name));
    return {
      kind: "ranked",
      request: name,
      ranking: rank.name,
      now,
      seed,
      arms: sound.arms,
      candidateCount: sound.request.ids.length,
      duplicates,
      list: result,
      ...(flowed === undefined ? {} : { flow: { permits: flowed.permits, paces: flowed.paces } }),
    };
  };

  const withDefaults = (given: ServiceRequest, now: number): unknown => ({
    ...given,
    now,
    ...(isRecord(given.values) ? { values: readRow(given.values, ofRequest) } : {}),
    ...(rank.sources.length > 0 && given.sources === undefined && Array.isArray(given.candidates)
      ? { sources: given.candidates.map(sourcesOf) }
      : {}),
  });

  return {
    model,
    name: rank.name,
    rank: answer,
    report: () => report?.(),
    close: async () => {
      await flow?.close();
      await store?.close();
      opened.close();
    },
  };
}

/** Names that candidates may have beside what is read. */
function otherNames({ labels, data }: Model): readonly string[] {
  const outcomes = labels.flatMap(({ source }) => columnsOf(source));
  const roles = [data.group, data.weight].filter((column) => column !== undefined);
  return ["id", "item_id", "source", "request", ...outcomes, ...roles];
}

function rankingOf(
  { serving }: Model,
  source: string,
  rank: string | undefined,
): { readonly serving: ServingModel; readonly rank: RankModel } {
  const [first] = serving?.ranks ?? [];
  if (serving === undefined || first === undefined) throw createFailure("MTL7511", { spec: source });
  const found = rank === undefined ? first : serving.ranks.find(({ name }) => name === rank);
  if (found !== undefined) return { serving, rank: found };
  throw createFailure("MTL7510", { rank: rank ?? "", known: serving.ranks.map(({ name }) => name) });
}

/** The store that is named by a text; one that is open already is the caller's. */
async function openNamed(flow: RankerFlow | undefined): Promise<PermitStore | undefined> {
  if (typeof flow?.store !== "string") return undefined;
  return openPermitStore(flow.store, flow.whenDown === undefined ? {} : { whenDown: flow.whenDown });
}

function flowOf(
  { name }: Model,
  { ruleSets }: ServingModel,
  flow: RankerFlow | undefined,
  opened: PermitStore | undefined,
): ReturnType<typeof createFlowControl> | undefined {
  if (flow === undefined) return undefined;
  const store = typeof flow.store === "string" ? opened : flow.store;
  if (store === undefined) return undefined;
  const { store: _store, whenDown: _whenDown, namespace = name, ...rest } = flow;
  return createFlowControl(store, { ...rest, namespace, ruleSets });
}

function isRecord(value: unknown): value is RawRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isName(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}

/** A value that has to be there, and that no candidate provides: it is missing from the file, not from one or another candidate. */
function isMissing({ name, origin, missing }: ServingInput, rows: readonly RawRow[]): boolean {
  if (origin === "request" || missing.kind === "keep" || missing.kind === "default") return false;
  return !rows.some((row) => Object.hasOwn(row, name));
}

/** The sources that provided a candidate: a list, or texts with a bar between them. */
function sourcesOf(row: unknown): readonly string[] {
  const source = isRecord(row) ? row["source"] : undefined;
  const values: readonly unknown[] = Array.isArray(source)
    ? source
    : typeof source === "string"
      ? source.split("|")
      : [];
  return values.map(String);
}
