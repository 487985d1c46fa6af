import type { Route } from "../http/route.js";

export const metricsRoute: Route = {
  method: "GET",
  path: "/metrics",
  tag: "Operation",
  summary: "What the server has counted, for Prometheus",
  handle: async (_request, { metrics, repository }) => {
    const { type, text } = await metrics.text(repository);
    return { body: { text, type } };
  },
};
