import type { InputRow } from "../../compiler/formulas/index.js";
import type { ServingInput, ServingModel } from "../../compiler/model/index.js";
import type { RankRequest } from "../../compiler/serving/index.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { RawRow } from "../data/index.js";
import type { Predictor, PredictorReport } from "../jobs/predict/predictor.js";
import type { RankerOptions } from "./answer.js";
import { diagnosticOf, type Fault } from "./fault.js";
import { isGiven, networkScores, type NetworkScores } from "./network-scores.js";
import type { RankedModel } from "./open-source.js";
import { countNames } from "./row-names.js";
import { createRequestWarnings } from "./request-warnings.js";

/** Values of a row as the spec's inputs have them: from JSON as they are, from texts of a table read. */
export type ReadRow = (row: RawRow, inputs: readonly ServingInput[]) => InputRow;

/** The ranking that candidates are read for. */
export interface CandidateUse {
  readonly serving: ServingModel;
  /** Name of the ranking. */
  readonly ranking: string;
  /** Names of the inputs that it reads. */
  readonly reads: ReadonlySet<string>;
  /** What a request itself may provide. */
  readonly ofRequest: readonly ServingInput[];
  readonly readRow: ReadRow;
  readonly onWarning: RankerOptions["onWarning"];
}

/** The candidates' values of the ranking's inputs: what they provide themselves, and what the network says of them. */
export interface CandidateInputs {
  readonly rows: readonly InputRow[];
  readonly columns: ReadonlyMap<string, ArrayLike<unknown>>;
}

export interface CandidateReader {
  readonly read: (request: RankRequest, values: RawRow) => Promise<CandidateInputs | Fault>;
  /** What the network has seen; undefined while it has predicted nothing. */
  readonly report: () => PredictorReport | undefined;
}

export function createCandidateReader(source: RankedModel, use: CandidateUse): CandidateReader {
  const { serving, ranking, reads, ofRequest, readRow, onWarning } = use;
  const inputs = serving.inputs.filter(({ name }) => reads.has(name));
  const headInputs = inputs.filter(({ origin }) => origin === "head");
  const heads = headInputs.map(({ name }) => name);
  const warnings = createRequestWarnings(source.model, serving, heads, onWarning);
  let report: Predictor["report"] | undefined;

  const read = async (request: RankRequest, values: RawRow): Promise<CandidateInputs | Fault> => {
    const rows = request.candidates;
    const names = countNames(rows);
    const provided = heads.length === 0 ? rows : rows.map((row) => readRow(row, headInputs));
    const isComplete = provided.every((row) => heads.every((head) => isGiven(row, head)));
    const network = heads.length === 0 || isComplete ? undefined : await source.network();
    if (network !== undefined) report = network.report;
    warnings.tellUnread(request, names, values, network);
    const predicted = new Set(network?.heads);
    const own = inputs.filter(({ name, origin }) => origin !== "id" && !predicted.has(name));
    const missing = findMissing(own, rows, ranking);
    if (missing !== undefined) return missing;
    const typed = rows.map((row) => readRow(row, own));
    if (network === undefined) {
      if (source.isArtifact) warnings.tellGiven(heads, request);
      return { rows: typed, columns: new Map() };
    }
    const scores = await networkScores(network, { rows, names, provided, values, heads, inputs: ofRequest });
    if (scores.kind === "fault") return faultOfScores(scores, request.ids);
    warnings.tellGiven(scores.given, request);
    warnings.tellIgnored(request);
    return { rows: typed, columns: scores.heads };
  };

  return { read, report: () => report?.() };
}

/** The first input that has to be there and that no candidate provides. */
function findMissing(inputs: readonly ServingInput[], rows: readonly RawRow[], rank: string): Fault | undefined {
  const missing = rows.length === 0 ? undefined : inputs.find((input) => isMissing(input, rows));
  if (missing === undefined) return undefined;
  const { name: input, origin } = missing;
  const known = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { diagnostic: diagnosticOf("MTL7517", { input, rank, isHead: origin === "head", known }), input };
}

/** A value that has to be there, and that no candidate provides: it is missing from the file, not from one or another candidate. */
function isMissing({ name, origin, missing }: ServingInput, rows: readonly RawRow[]): boolean {
  if (origin === "request" || missing.kind === "keep" || missing.kind === "default") return false;
  return !rows.some((row) => Object.hasOwn(row, name));
}

function faultOfScores(
  { failure, row, column }: Extract<NetworkScores, { readonly kind: "fault" }>,
  ids: RankRequest["ids"],
): Fault {
  const [diagnostic] = failure.diagnostics;
  if (diagnostic === undefined) throw failure;
  return { diagnostic, ...omitUndefined({ id: row === undefined ? undefined : ids[row], input: column }) };
}
