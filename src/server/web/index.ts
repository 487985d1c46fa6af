/** The server in a worker of a browser: the protocol as messages, files from the editor. */
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  type Connection,
} from "vscode-languageserver/browser";
import { serve } from "../connection.js";
import { readRequest, specsRequest } from "../protocol.js";
import { createRemoteDisk } from "./remote-disk.js";
import { createUris, stdDocuments } from "./uris.js";

/** Serves the editor at the other end of a worker's port. */
export function startWebServer(port: ConstructorParameters<typeof BrowserMessageReader>[0], version: string): void {
  const connection: Connection = createConnection(new BrowserMessageReader(port), new BrowserMessageWriter(port));
  const { pathOfUri, uriOfPath } = createUris();
  const disk = createRemoteDisk({
    list: async () => (await connection.sendRequest<string[]>(specsRequest)).map(pathOfUri),
    read: async (path) => (await connection.sendRequest<string | null>(readRequest, uriOfPath(path))) ?? undefined,
  });
  serve({ connection, disk, std: stdDocuments, pathOfUri, uriOfPath, pageOf: () => undefined }, version);
}
