/** An answer as JSON: what `mtlc rank --format json` writes and the server answers. */
import { formulaText } from "../../compiler/describe/formula-text.js";
import { omitUndefined } from "../../compiler/text/index.js";
import type { ExplainedRank, RankedRequest } from "./explained.js";

/** What was asked is echoed, so that the answer can be had again. */
export function rankJson(answer: RankedRequest): object {
  const { request, ranking, now, seed } = answer;
  const asked = { request, ranking, at: new Date(now * 1000).toISOString(), seed };
  if (answer.kind === "refused") {
    const { id, input, diagnostic } = answer;
    const { code, message, help } = diagnostic;
    return {
      ...asked,
      error: {
        code,
        message,
        ...omitUndefined({ id, input, help }),
      },
    };
  }
  const { arms, candidateCount, duplicates, list, flow, explained } = answer;
  const { items, relaxed, searchTruncated, leftOut, alreadyShown, unsourced, outranked, clamped, nonFinite, spent } =
    list;
  const caps = flow?.permits;
  return {
    ...asked,
    ...(Object.keys(arms).length === 0 ? {} : { arms }),
    candidateCount,
    ...(duplicates.length === 0 ? {} : { duplicates }),
    items,
    relaxed,
    ...(searchTruncated ? { searchTruncated } : {}),
    ...(leftOut.length === 0 ? {} : { leftOut }),
    ...(alreadyShown.length === 0 ? {} : { alreadyShown }),
    ...(unsourced.length === 0 ? {} : { unsourced }),
    ...(outranked.length === 0 ? {} : { outranked }),
    ...(clamped === 0 ? {} : { clamped }),
    ...(nonFinite.length === 0 ? {} : { nonFinite }),
    ...(spent.length === 0 ? {} : { spent }),
    ...(caps === undefined || caps.degraded.length === 0 ? {} : { degradedCaps: caps.degraded }),
    ...(caps === undefined || caps.late.length === 0 ? {} : { lateCaps: caps.late }),
    ...(caps === undefined || caps.approximate.length === 0 ? {} : { approximateCaps: caps.approximate }),
    ...(explained === undefined ? {} : { explanations: explained.map(explainedJson) }),
  };
}

function explainedJson({ row: _row, made, ...rest }: ExplainedRank): unknown {
  if (made === undefined) return rest;
  const parts = made.parts.map(({ expression, ...part }) => ({ part: formulaText(expression), ...part }));
  return { ...rest, formula: { kind: made.kind, parts } };
}
