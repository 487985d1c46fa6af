import { predictAnswer, readPredict } from "../protocols/tensorflow.js";
import type { Route, RouteAnswer, RouteRequest, ServeContext } from "../http/route.js";
import { acquireAsked, unitHeaders } from "../split/split.js";
import { errorStatuses } from "./statuses.js";

async function handle(request: RouteRequest, context: ServeContext): Promise<RouteAnswer> {
  const { model = "", version } = request.parameters;
  const { body, deadline, isWanted } = request;
  const { shadows, limits } = context;
  const lease = acquireAsked(request, context, model, version);
  try {
    const { form, rows } = readPredict(body, limits.requestRows);
    const values = await lease.version.infer({ rows, deadline, isWanted });
    shadows.choose(lease.version)?.inferred(rows, values);
    return { body: { text: predictAnswer(form, rows.count, values), type: "application/json; charset=utf-8" } };
  } finally {
    lease.release();
  }
}

const shared = {
  method: "POST",
  tag: "TensorFlow Serving",
  body: {
    type: "object",
    properties: {
      signature_name: { type: "string" },
      instances: { type: "array", items: { type: "object" }, description: "A record of raw columns per row." },
      inputs: {
        type: "object",
        additionalProperties: { type: "array" },
        description: "Instead: a list per raw column.",
      },
    },
  },
  answer: {
    type: "object",
    properties: { predictions: { type: "array" }, outputs: {} },
    description: "`predictions` for `instances`, `outputs` for `inputs`.",
  },
  statuses: errorStatuses,
  handle,
} as const;

export const predictRoutes: readonly Route[] = [
  {
    ...shared,
    path: "/v1/models/{model}:predict",
    headers: unitHeaders,
    summary: "Predictions for rows, by the newest version",
  },
  { ...shared, path: "/v1/models/{model}/versions/{version}:predict", summary: "Predictions for rows, by one version" },
];
