import type { Route } from "../http/route.js";
import { version } from "../../version.js";

export const healthRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v2/health/live",
    tag: "Health",
    summary: "Whether the process answers",
    isOpen: true,
    handle: () => ({ body: { json: { live: true } } }),
  },
  {
    method: "GET",
    path: "/v2/health/ready",
    tag: "Health",
    summary: "Whether requests may be sent here",
    isOpen: true,
    statuses: { 503: "Not yet, or not any more." },
    handle: (_request, { isReady }) => ({ status: isReady() ? 200 : 503, body: { json: { ready: isReady() } } }),
  },
  {
    method: "GET",
    path: "/v2",
    tag: "Health",
    summary: "What the server is",
    handle: () => ({ body: { json: { name: "mtlc", version, extensions: [] } } }),
  },
];
