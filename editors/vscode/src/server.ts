/** The language server in one file: what `mtlc lsp` runs, without the rest of `mtlc`. */
import { startServer } from "../../../src/server/index.js";
import manifest from "../package.json" with { type: "json" };

startServer(manifest.version);
