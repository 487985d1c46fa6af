/** A server over HTTP for a spec, an artifact, or folders of versions. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { omitUndefined } from "../../compiler/text/index.js";
import { createFailure } from "../failure.js";
import { openServer, type Server, type ServerOptions } from "./server.js";

export interface ServeOptions extends Omit<ServerOptions, "token"> {
  /** The address to listen on; 127.0.0.1, which only this machine reaches. */
  readonly host?: string;
  /** 0: one that is free; 8080. */
  readonly port?: number;
  /** A file whose only line is the token that clients must send; absent: `MTLC_TOKEN` of the environment, where it is set. */
  readonly tokenFile?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface RunningServer extends Server {
  /** Where it listens: `http://127.0.0.1:8080`. */
  readonly url: string;
}

/**
 * Opens what there is to serve and listens. Throws a {@link Failure}: MTL7600 where there is nothing, MTL7601 where it cannot listen,
 * MTL7602 for a token that cannot be used, and what is wrong with an artifact of which no version can be opened.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 8080, tokenFile, environment = process.env, ...rest } = options;
  const token = readToken(tokenFile, environment);
  const server = await openServer({ ...rest, ...omitUndefined({ token }) });
  try {
    await server.app.listen({ host, port });
  } catch (error) {
    await server.close();
    const { code, message } = error as NodeJS.ErrnoException;
    throw createFailure("MTL7601", { host, port, problem: problems[code ?? ""] ?? message });
  }
  const found = server.app.server.address() as AddressInfo;
  const url = `http://${found.family === "IPv6" ? `[${found.address}]` : found.address}:${found.port}`;
  const { app, repository } = server;
  app.log.info({ url, models: repository.models(), token: token !== undefined }, "serving");
  if (token === undefined && !isLoopback(found.address))
    app.log.warn("everybody who reaches this address may ask: there is no token");
  return { ...server, url };
}

const problems: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EACCES: "this program may not",
  EADDRNOTAVAIL: "it is not an address of this machine",
  ENOTFOUND: "no such host is known",
};

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** Bytes are a token as `openssl rand -hex 32` writes it. */
function readToken(file: string | undefined, environment: NodeJS.ProcessEnv): string | undefined {
  const set = environment["MTLC_TOKEN"];
  if (file === undefined && set === undefined) return undefined;
  const source = file === undefined ? "`MTLC_TOKEN`" : `\`${file}\``;
  const token = (file === undefined ? (set ?? "") : readLine(file, source)).trim();
  if (/^[\x21-\x7e]{16,}$/.test(token)) return token;
  const problem =
    token === ""
      ? "it is empty"
      : /\s/.test(token)
        ? "it has spaces in it"
        : "it is shorter than 16 printable characters";
  throw createFailure("MTL7602", { source, problem });
}

function readLine(file: string, source: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw createFailure("MTL7602", { source, problem: `the file cannot be read (${code ?? "unknown error"})` });
  }
}
