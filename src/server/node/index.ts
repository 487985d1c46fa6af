/** The server as a process of Node: the protocol over standard input and output, files from the disk. */
import { createConnection, ProposedFeatures, type Connection } from "vscode-languageserver/node";
import { serve } from "../connection.js";
import { nodeDisk } from "./disk.js";
import { createPages } from "./pages.js";
import { createStdFiles } from "./std-files.js";
import { pathOfUri, uriOfPath } from "./uri.js";

/** Serves an editor over standard input and output until it says `exit`, which ends the process. */
export function startServer(version: string): void {
  const connection: Connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  serve({ connection, disk: nodeDisk, std: createStdFiles(), pathOfUri, uriOfPath, pageOf: createPages() }, version);
}
