import type { Route, RouteAnswer, RouteRequest, ServeContext } from "../http/route.js";
import { itemsOfPage, positionsOf, readExposures } from "../protocols/exposures.js";
import { errorStatuses } from "./statuses.js";

/** Everything is read before anything is counted: a report that is wrong counts nothing. */
async function handle(
  { body }: RouteRequest,
  { repository, desk, metrics, limits }: ServeContext,
): Promise<RouteAnswer> {
  const reports = readExposures(body, limits.requestRows).map((exposure, i) => {
    const token = desk.read(exposure.pageToken);
    const ids = itemsOfPage(token);
    const positions = positionsOf(exposure, ids, i + 1);
    // Refused where the model is not served any more.
    return { token, ids, positions, rules: repository.find(token.model).description };
  });
  const results: object[] = [];
  for (const { token, ids, positions, rules } of reports) {
    const { counted, repeated, late } = await desk.report(token, positions, rules);
    metrics.onExposures(token.model, token.ranking, {
      counted: counted.length,
      repeated: repeated.length,
      late: late.length,
    });
    const named = (found: readonly number[]): readonly string[] => found.map((position) => ids[position]!);
    results.push({
      request: token.request,
      counted: named(counted),
      repeated: named(repeated),
      late: named(late),
    });
  }
  return { body: { json: { results } } };
}

const ids = (description: string) => ({ type: "array", items: { type: "string" }, description }) as const;

export const exposuresRoute: Route = {
  method: "POST",
  path: "/v1/exposures",
  tag: "Ranking",
  summary: "Reports of what was shown of pages; an item of a page counts once, however often it is reported",
  body: {
    type: "object",
    required: ["exposures"],
    properties: {
      exposures: {
        type: "array",
        items: {
          type: "object",
          required: ["pageToken"],
          properties: {
            pageToken: { type: "string", description: "Of the answer that held the page." },
            items: ids("Identifiers of the items that were shown; absent: all of the page."),
          },
        },
      },
    },
  },
  answer: {
    type: "object",
    properties: {
      results: {
        type: "array",
        description: "One for each exposure, in their order.",
        items: {
          type: "object",
          properties: {
            request: { type: "string" },
            counted: ids("Items that count now."),
            repeated: ids("Items that counted before."),
            late: ids("Items that came after `exposuresUntil`, and do not count."),
          },
        },
      },
    },
  },
  statuses: errorStatuses,
  handle,
};
