/** Every route of the server; each is a row of a file of this folder. */
import type { Route } from "../http/route.js";
import { docsRoutes } from "./docs.js";
import { exposuresRoute } from "./exposures.js";
import { healthRoutes } from "./health.js";
import { inferRoutes } from "./infer.js";
import { metricsRoute } from "./metrics.js";
import { modelRoutes } from "./models.js";
import { predictRoutes } from "./predict.js";
import { rankRoute } from "./rank.js";

export const routes: readonly Route[] = [
  ...healthRoutes,
  ...modelRoutes,
  ...inferRoutes,
  ...predictRoutes,
  rankRoute,
  exposuresRoute,
  metricsRoute,
  ...docsRoutes(() => routes),
];
