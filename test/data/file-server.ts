/** A server of files on this machine, as a web server or as S3, which notes what it was asked for. */
import { createHash, createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FileServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** By path, without the slash in front; may be changed while it runs. */
  readonly files: Map<string, Uint8Array>;
  /** Method and path of each request, with the bytes that it was answered. */
  readonly requests: { readonly method: string; readonly path: string; readonly bytes: number }[];
  /** Which headers say what a file's version is. */
  versions: "etag" | "modified" | "none";
  close(): Promise<void>;
}

export interface S3Key {
  readonly id: string;
  readonly secret: string;
}

/**
 * Answers HEAD and GET with ranges. With `key`, the first folder is a bucket, which is listed as S3 does, and each request has
 * to be signed by the key; with `token`, each has to carry it.
 */
export async function serveFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  { key, token }: { readonly key?: S3Key; readonly token?: string } = {},
): Promise<FileServer> {
  const held = new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)] as const));
  const requests: FileServer["requests"] = [];
  const state = { versions: "etag" as FileServer["versions"] };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const method = request.method ?? "GET";
    const url = new URL(request.url ?? "/", "http://server");
    const path = decodeURIComponent(url.pathname).slice(1);
    const send = (status: number, body: Uint8Array, headers: Readonly<Record<string, string | number>> = {}): void => {
      requests.push({ method, path, bytes: method === "HEAD" ? 0 : body.length });
      response
        .writeHead(status, { "content-length": body.length, ...headers })
        .end(method === "HEAD" ? undefined : body);
    };
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
      return send(401, Buffer.from(`no: ${request.headers.authorization ?? ""}`));
    if (key !== undefined && !isSigned(request, key))
      return send(
        403,
        Buffer.from(`<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>${key.id}</AWSAccessKeyId></Error>`),
      );
    if (url.searchParams.has("list-type"))
      return send(200, Buffer.from(listing(path, url.searchParams.get("prefix") ?? "", held)));
    const file = held.get(path);
    if (file === undefined) return send(404, Buffer.from("not here"));
    const version = {
      etag: { etag: tagOf(file) },
      modified: { "last-modified": new Date(1.7e12).toUTCString() },
      none: {},
    }[state.versions];
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
    if (range === null) return send(200, file, { ...version, "accept-ranges": "bytes" });
    const [from, to] = [Number(range[1]), range[2] === "" ? file.length - 1 : Number(range[2])];
    send(206, file.subarray(from, to + 1), {
      ...version,
      "content-range": `bytes ${from}-${Math.min(to, file.length - 1)}/${file.length}`,
    });
  };
  const server = createServer(answer);
  await new Promise<void>((started) => server.listen(0, "127.0.0.1", started));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: held,
    requests,
    get versions() {
      return state.versions;
    },
    set versions(value) {
      state.versions = value;
    },
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

function tagOf(file: Uint8Array): string {
  return `"${createHash("md5").update(file).digest("hex")}"`;
}

function listing(bucket: string, prefix: string, files: ReadonlyMap<string, Uint8Array>): string {
  const folder = `${bucket.replace(/\/$/, "")}/`;
  const contents = [...files].flatMap(([name, file]) =>
    name.startsWith(folder + prefix)
      ? [
          `<Contents><Key>${name.slice(folder.length)}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>` +
            `<ETag>${tagOf(file)}</ETag><Size>${file.length}</Size></Contents>`,
        ]
      : [],
  );
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>${contents.reverse().join("")}</ListBucketResult>`;
}

/** Whether a request has the signature, version 4, that the key gives it. */
function isSigned(request: IncomingMessage, key: S3Key): boolean {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d+)\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      request.headers.authorization ?? "",
    );
  if (found === null) return false;
  const [, id, day = "", region = "", names = "", signature] = found;
  const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
  const mac = (secret: string | Buffer, text: string): Buffer => createHmac("sha256", secret).update(text).digest();
  const headers = names
    .split(";")
    .map((name) => `${name}:${String(request.headers[name] ?? "").trim()}\n`)
    .join("");
  const [path = "", query = ""] = (request.url ?? "").split("?");
  const canonical = [request.method, path, query, headers, names, request.headers["x-amz-content-sha256"]].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha(canonical)].join("\n");
  const signing = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(mac, `AWS4${key.secret}`);
  return id === key.id && signature === mac(signing, text).toString("hex");
}
