/** The language server in a worker of the browser. */
import { startWebServer } from "../../../src/server/web/index.js";
import manifest from "../package.json" with { type: "json" };

startWebServer(self as unknown as Parameters<typeof startWebServer>[0], manifest.version);
