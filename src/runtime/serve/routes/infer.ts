import { checkOutputs, kserveAnswer, readKserve } from "../protocols/kserve.js";
import type { Route, RouteAnswer, RouteRequest, Schema, ServeContext } from "../http/route.js";
import { acquireAsked, unitHeaders } from "../split/split.js";
import { errorStatuses } from "./statuses.js";

async function handle(request: RouteRequest, context: ServeContext): Promise<RouteAnswer> {
  const { model = "", version } = request.parameters;
  const { body, deadline, isWanted } = request;
  const { shadows, limits } = context;
  const lease = acquireAsked(request, context, model, version);
  try {
    const asked = readKserve(body, limits.requestRows);
    checkOutputs(asked, lease.version.description.heads);
    const values = await lease.version.infer({ rows: asked.rows, deadline, isWanted });
    shadows.choose(lease.version)?.inferred(asked.rows, values);
    return { body: { json: kserveAnswer(lease.version, asked, values) } };
  } finally {
    lease.release();
  }
}

const tensor = (data: Schema): Schema => ({
  type: "object",
  required: ["name", "shape", "datatype", "data"],
  properties: {
    name: { type: "string" },
    shape: {
      type: "array",
      items: { type: "integer" },
      description: "The number of rows first; a second side for lists.",
    },
    datatype: { type: "string", description: "BYTES for texts, FP64 for numbers, and the others of the protocol." },
    data: { type: "array", items: data },
  },
});

const shared = {
  method: "POST",
  tag: "KServe v2",
  body: {
    type: "object",
    required: ["inputs"],
    properties: {
      id: { type: "string" },
      inputs: {
        type: "array",
        items: tensor({}),
        description: "A tensor for each raw column; null is a missing value.",
      },
      outputs: {
        type: "array",
        items: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
      },
    },
  },
  answer: {
    type: "object",
    properties: {
      model_name: { type: "string" },
      model_version: { type: "string" },
      id: { type: "string" },
      outputs: { type: "array", items: tensor({ type: ["number", "null"] }) },
    },
  },
  statuses: errorStatuses,
  handle,
} as const;

export const inferRoutes: readonly Route[] = [
  {
    ...shared,
    path: "/v2/models/{model}/infer",
    headers: unitHeaders,
    summary: "Values of the heads for rows, by the newest version",
  },
  {
    ...shared,
    path: "/v2/models/{model}/versions/{version}/infer",
    summary: "Values of the heads for rows, by one version",
  },
];
