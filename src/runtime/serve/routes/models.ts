import { Failure } from "../../failure.js";
import { kserveMetadata } from "../protocols/kserve.js";
import type { Route, RouteAnswer, RouteRequest, ServeContext } from "../http/route.js";
import type { VersionState } from "../repository/repository.js";

function metadata({ parameters: { model = "", version } }: RouteRequest, { repository }: ServeContext): RouteAnswer {
  const found = repository.find(model, version);
  const open = repository.states(model).filter(({ state }) => state === "available");
  return {
    body: {
      json: kserveMetadata(
        found,
        open.map((each) => each.version),
      ),
    },
  };
}

function ready(
  { parameters: { model = "", version } }: RouteRequest,
  { repository, isReady }: ServeContext,
): RouteAnswer {
  repository.find(model, version);
  return { status: isReady() ? 200 : 503, body: { json: { name: model, ready: isReady() } } };
}

/** As TensorFlow Serving says it. */
function status({ parameters: { model = "" } }: RouteRequest, { repository }: ServeContext): RouteAnswer {
  return { body: { json: { model_version_status: repository.states(model).map(statusOf) } } };
}

function statusOf({ version, state, error }: VersionState): object {
  if (state === "available") return { version, state: "AVAILABLE", status: { error_code: "OK", error_message: "" } };
  const [first] = error instanceof Failure ? error.diagnostics : [];
  const why = first === undefined ? "it could not be opened" : first.code;
  return {
    version,
    state: "END",
    status: { error_code: "FAILED_PRECONDITION", error_message: `${why}: the log of the server says more` },
  };
}

const named = {
  method: "GET",
  tag: "Models",
  statuses: { 404: "There is no such model, or no such version." },
} as const;

export const modelRoutes: readonly Route[] = [
  { ...named, path: "/v2/models/{model}", summary: "Columns in and heads out of the newest version", handle: metadata },
  {
    ...named,
    path: "/v2/models/{model}/versions/{version}",
    summary: "Columns in and heads out of one version",
    handle: metadata,
  },
  { ...named, path: "/v2/models/{model}/ready", summary: "Whether the newest version answers", handle: ready },
  {
    ...named,
    path: "/v2/models/{model}/versions/{version}/ready",
    summary: "Whether one version answers",
    handle: ready,
  },
  {
    ...named,
    path: "/v1/models/{model}",
    summary: "Versions that are open, and those that were refused",
    handle: status,
  },
];
