import { badRequest } from "../fault.js";
import type { Route, RouteAnswer, RouteRequest, ServeContext } from "../http/route.js";
import { readRankBody, readRankText } from "../protocols/rank.js";
import type { Repository } from "../repository/repository.js";
import { acquireAsked, unitHeaders } from "../split/split.js";
import { errorStatuses } from "./statuses.js";

async function handle(request: RouteRequest, context: ServeContext): Promise<RouteAnswer> {
  const { body, deadline, isWanted } = request;
  const { repository, shadows, limits } = context;
  const { model, version, work: asked } = readRankBody(body, limits.requestRows);
  const lease = acquireAsked(request, context, model ?? onlyModel(repository), version);
  try {
    const shadow = shadows.choose(lease.version);
    const work = shadow === undefined ? asked : { ...asked, records: true as const };
    const reply = await lease.version.rank({ work, deadline, isWanted });
    shadow?.ranked(work, reply);
    const { model: named, version: by } = lease.version;
    const begin = `{"model":${JSON.stringify(named)},"version":${JSON.stringify(by)},`;
    return { body: { text: begin + reply.text.slice(1), type: "application/json; charset=utf-8" } };
  } finally {
    lease.release();
  }
}

/** The model of a request that names none. Throws a {@link ServeFault} (400) where there are several. */
function onlyModel(repository: Repository): string {
  const [first, ...others] = repository.models();
  if (first !== undefined && others.length === 0) return first;
  throw badRequest(`the request must name its \`model\`; there is ${repository.models().join(", ")}`);
}

const values = { type: "object", additionalProperties: true } as const;

export const rankRoute: Route = {
  method: "POST",
  path: "/v1/rank",
  tag: "Ranking",
  summary: "A list of candidates: features, network, formula, rules, caps, page",
  headers: unitHeaders,
  readText: readRankText,
  body: {
    type: "object",
    required: ["candidates"],
    properties: {
      model: { type: "string", description: "Absent: the only one that there is." },
      version: { type: "string", description: "Absent: the newest." },
      ranking: { type: "string", description: "Absent: the first of the spec." },
      candidates: { type: "array", items: values, description: "Records with an `id`, raw columns, and other values." },
      values: { ...values, description: "Values of the request itself." },
      request: { type: "string", description: "What the request is called; explorations draw by it." },
      now: { type: "number", description: "Seconds since 1970; absent: the server's clock." },
      seed: { type: "integer", minimum: 0, maximum: 4_294_967_295 },
      params: { type: "object", additionalProperties: { type: "number" } },
      arms: { type: "object", additionalProperties: { type: "string" } },
      ids: { type: "array", items: { type: ["string", "number"] } },
      sources: { type: "array", items: { type: "array", items: { type: "string" } } },
      after: { type: "string", description: "`pageToken` of the page before." },
      page: { type: "integer", minimum: 1 },
      tail: { type: "array", items: values },
      shown: { type: "array", items: { type: ["object", "string", "number"] } },
      explain: {
        description: "true: say of each candidate what became of it; a list: of these.",
        oneOf: [{ type: "boolean" }, { type: "array", items: { type: ["string", "number"] } }],
      },
    },
  },
  answer: {
    type: "object",
    properties: {
      model: { type: "string" },
      version: { type: "string" },
      request: { type: "string" },
      ranking: { type: "string" },
      at: { type: "string", format: "date-time" },
      seed: { type: "integer" },
      arms: { type: "object", additionalProperties: { type: "string" } },
      candidateCount: { type: "integer" },
      items: {
        type: "array",
        items: {
          type: "object",
          properties: { id: { type: "string" }, score: { type: "number" }, propensity: { type: "number" } },
        },
      },
      relaxed: { type: "array", items: values, description: "Rules that could not hold." },
      degradedCaps: { type: "array", items: values, description: "Caps whose store cannot be reached." },
      lateCaps: {
        type: "array",
        items: { type: "string" },
        description: "Caps of which the store did not answer in time: the list has what was at hand.",
      },
      explanations: { type: "array", items: values },
      pageToken: { type: "string", description: "For `after` of the next page, and for reports of exposures." },
      exposuresUntil: { type: "string", format: "date-time", description: "Until when exposures of the page count." },
    },
  },
  statuses: errorStatuses,
  handle,
};
