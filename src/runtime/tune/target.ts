/** What of a spec is tuned: a formula, through a ranking or on its own, and the parameters that move its order. */
import {
  multipliesScore,
  type FormulaExpression,
  type ParamModel,
  type RankModel,
  type ServingModel,
} from "../../compiler/model/index.js";
import { planRank } from "../../compiler/ranking/index.js";
import { omitUndefined, suggest } from "../../compiler/text/index.js";
import { createFailure } from "../failure.js";
import { anchorOf } from "./fit/coefficients.js";
import { indexFormOf, type IndexForm } from "./formula/index-form.js";
import { keysOf, readsOf } from "./formula/reads.js";

export interface TuneTarget {
  readonly kind: "rank" | "fusion";
  readonly name: string;
  readonly formula: FormulaExpression;
  readonly rank?: RankModel;
  /** Undefined when the formula is not a weighted sum and no product of powers. */
  readonly form?: IndexForm;
  /** Parameters that move, in the order of the spec. */
  readonly params: readonly TunedParam[];
  /** A parameter whose value says nothing while the others move. */
  readonly anchor?: { readonly name: string; readonly value: number; readonly link: "log" | "identity" };
  /** Inputs that must be in the log. */
  readonly inputs: ReadonlySet<string>;
  /** Whether the formula, or a condition of the ranking, reads the time of the request. */
  readonly readsClock: boolean;
}

export interface TunedParam extends ParamModel {
  readonly low: number;
  readonly high: number;
}

export interface TargetRequest {
  readonly rank?: string;
  readonly fusion?: string;
  /** Parameters that may move; absent: all that have a range. */
  readonly params?: readonly string[];
}

/** Finds what to tune. Throws a {@link Failure} where the spec leaves it open. */
export function findTarget(serving: ServingModel | undefined, model: string, request: TargetRequest): TuneTarget {
  if (serving === undefined || serving.fusions.length + serving.ranks.length === 0)
    throw createFailure("MTL7555", { model });
  const { kind, name, formula, rank } = chooseFormula(serving, request);
  const plan = rank === undefined ? [formula] : planRank(serving, rank).formulas;
  const reads = readsOf(plan, serving);
  const own = serving.params.filter((param) => reads.params.has(param.name));
  const asked = request.params?.map((param) => findNamed(serving.params, "parameter", param).name);
  const params = own.flatMap((param): readonly TunedParam[] => {
    const { low, high } = param.range;
    if (low === undefined || high === undefined || !(low < high)) return [];
    return asked !== undefined && !asked.includes(param.name) ? [] : [{ ...param, low, high }];
  });
  if (params.length === 0) throw createFailure("MTL7550", { formula: name, params: own.map((param) => param.name) });
  const form = indexFormOf(formula, serving.fusions);
  const anchor = form === undefined || dependsOnScale(serving, rank) ? undefined : freeAnchor(form, params);
  return {
    kind,
    name,
    formula,
    ...omitUndefined({ rank, form }),
    params,
    ...(anchor === undefined || form === undefined ? {} : { anchor: { ...anchor, link: form.link } }),
    readsClock: reads.clock,
    inputs: new Set([...reads.inputs, ...(rank === undefined ? [] : keysOf(serving, rank))]),
  };
}

interface Chosen extends Pick<TuneTarget, "kind" | "name" | "formula"> {
  readonly rank: RankModel | undefined;
}

function chooseFormula(serving: ServingModel, request: TargetRequest): Chosen {
  const { ranks, fusions } = serving;
  if (request.rank !== undefined) return ofRank(findNamed(ranks, "ranking", request.rank));
  if (request.fusion !== undefined) {
    const fusion = findNamed(fusions, "formula", request.fusion);
    return { kind: "fusion", name: fusion.name, formula: fusion.value, rank: undefined };
  }
  const [rank, ...otherRanks] = ranks;
  if (rank !== undefined && otherRanks.length === 0) return ofRank(rank);
  const [fusion, ...otherFusions] = fusions;
  if (rank === undefined && fusion !== undefined && otherFusions.length === 0)
    return { kind: "fusion", name: fusion.name, formula: fusion.value, rank: undefined };
  const names = (list: readonly { readonly name: string }[]): readonly string[] => list.map(({ name }) => name);
  throw createFailure("MTL7552", { ranks: names(ranks), fusions: ranks.length > 0 ? [] : names(fusions) });
}

function ofRank(rank: RankModel): Chosen {
  const last = rank.stages.at(-1);
  if (last === undefined) throw new Error(`ranking ${rank.name} has no stage`);
  return { kind: "rank", name: rank.name, formula: last.by, rank };
}

function findNamed<T extends { readonly name: string }>(list: readonly T[], kind: string, name: string): T {
  const found = list.find((each) => each.name === name);
  if (found !== undefined) return found;
  const known = list.map((each) => each.name);
  throw createFailure("MTL7553", { kind, name, known, suggestion: suggest(name, known) });
}

/** Rules that multiply scores, or combine them with something else, see more of them than their order. */
function dependsOnScale(serving: ServingModel, rank: RankModel | undefined): boolean {
  const rules = rank?.rules.flatMap((name) => serving.ruleSets.find((set) => set.name === name)?.rules ?? []) ?? [];
  return rules.some((rule) => multipliesScore(rule) || "similarity" in rule);
}

/** All coefficients have to be free to move; one that is held fixes the scale itself. */
function freeAnchor(
  form: IndexForm,
  params: readonly TunedParam[],
): { readonly name: string; readonly value: number } | undefined {
  const isFree = form.columns.every(({ param }) => params.some(({ name }) => name === param));
  return isFree && params.length > 1 ? anchorOf(form, params) : undefined;
}
