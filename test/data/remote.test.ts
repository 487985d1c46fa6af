/** Data of servers: a web server with ranges, and S3. Skipped where DuckDB's extension is not installed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findUrlFault, publicUrl, rebasePath } from "../../src/compiler/text/index.js";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { hideSecrets, secretStatements } from "../../src/runtime/data/files/remote/credentials.js";
import { findExtension } from "../../src/runtime/data/files/remote/extensions.js";
import { copyRemoteFile } from "../../src/runtime/data/files/remote/remote-files.js";
import { duckdbVersion } from "../../src/runtime/data/files/remote/setup.js";
import { type FileServer, serveFiles } from "./file-server.js";
import { colorRows, duckdb, failureOf, folderWith, source, span } from "./fixtures.js";

const hasExtension = findExtension("httpfs", await duckdbVersion()) !== undefined;
if (!hasExtension) console.log("data of servers is not tested: `node bin/mtlc.js doctor --install` installs httpfs");

const lines = ["color,size,click", "red,1.5,1", "blue,,0", "red,3,", ",2,0"];
const text = lines.join("\n");
const json =
  '{"color":"red","size":1.5,"click":true}\n{"color":"blue","click":false}\n{"color":"red","size":3}\n{"size":2,"click":0}\n';

const variables = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_ENDPOINT_URL",
  "MTLC_DUCKDB_EXTENSIONS",
];
const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
afterEach(() => {
  for (const name of variables)
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
});

const servers: FileServer[] = [];
async function serve(...options: Parameters<typeof serveFiles>): Promise<FileServer> {
  const server = await serveFiles(...options);
  servers.push(server);
  return server;
}
afterAll(async () => {
  for (const server of servers) await server.close();
});

describe.skipIf(!hasExtension)("files of a web server", () => {
  let parquet: Buffer;
  beforeAll(async () => {
    const folder = folderWith({ "a.csv": text });
    await duckdb(
      `COPY (SELECT color, size, click = 1 AS click FROM read_csv('${folder}/a.csv')) TO '${folder}/a.parquet' (FORMAT PARQUET)`,
    );
    parquet = readFileSync(join(folder, "a.parquet"));
  });

  it("give the rows that the same files give here, in every format", async () => {
    const server = await serve({
      "a.csv": text,
      "a.csv.gz": gzipSync(text),
      "a.jsonl": json,
      "a.parquet": parquet,
    });
    const here = folderWith({ "a.csv": text });
    const expected = await colorRows(here, "a.csv");
    expect(expected).toHaveLength(4);
    const folder = folderWith();
    for (const name of server.files.keys()) {
      const format = /jsonl|parquet/.exec(name)?.[0] as "jsonl" | undefined;
      expect(await colorRows(folder, `${server.origin}/${name}`, format), name).toEqual(expected);
    }
  });

  it("are read once: a version that was read is not read again, and a new one is", async () => {
    const server = await serve({ "a.csv": text, "a.parquet": parquet });
    const folder = folderWith();
    const reads = (): readonly string[] =>
      server.requests.splice(0).flatMap(({ method, bytes }) => (method === "GET" && bytes > 0 ? [method] : []));
    const first = await colorRows(folder, `${server.origin}/a.csv`);
    expect(reads()).toHaveLength(1);
    expect(await colorRows(folder, `${server.origin}/a.csv`)).toEqual(first);
    expect(reads()).toEqual([]);
    server.files.set("a.csv", Buffer.from(text.replace("1.5", "4.5")));
    expect((await colorRows(folder, `${server.origin}/a.csv`))[0]?.numbers).toEqual([4.5]);
    expect(reads()).toHaveLength(1);
    server.versions = "none";
    await colorRows(folder, `${server.origin}/a.csv`);
    await colorRows(folder, `${server.origin}/a.csv`);
    expect(reads(), "a server that tells no versions").toHaveLength(2);
  });

  it("in Parquet are read by ranges, only the columns that the spec names", async () => {
    const folder = folderWith();
    const wide = Array.from({ length: 30 }, (_, i) => `md5((i * ${i + 2})::VARCHAR) AS other_${i}`).join(", ");
    await duckdb(
      `COPY (SELECT 'c' || i % 5 AS color, i / 7 AS size, i % 2 AS click, ${wide} FROM range(4000) t(i)) TO '${folder}/wide.parquet' (FORMAT PARQUET)`,
    );
    const server = await serve({ "wide.parquet": readFileSync(join(folder, "wide.parquet")) });
    expect(await colorRows(folder, `${server.origin}/wide.parquet`, "parquet")).toHaveLength(4000);
    const size = server.files.get("wide.parquet")?.length ?? 0;
    const read = server.requests.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(size / 5);
  });

  it("are told where they are not there, or are damaged", async () => {
    const server = await serve({ "cut.csv.gz": gzipSync(text.repeat(50)).subarray(0, 60), "not.parquet": text });
    const folder = folderWith();
    const told = async (name: string, format?: Parameters<typeof source>[1]): Promise<string> =>
      (await failureOf(folder, colorRows(folder, `${server.origin}/${name}`, format))).replaceAll(
        server.origin,
        "http://SERVER",
      );
    expect(await told("none.csv")).toBe("MTL7101: the file `http://SERVER/none.csv` does not exist");
    expect(await told("none.parquet", "parquet")).toBe("MTL7101: the file `http://SERVER/none.parquet` does not exist");
    expect(await told("cut.csv.gz")).toMatch(
      /^MTL7102: `http:\/\/SERVER\/cut\.csv\.gz` cannot be read: its gzip data is damaged/,
    );
    expect(await told("not.parquet", "parquet")).toMatch(/^MTL7102: `http:\/\/SERVER\/not\.parquet` cannot be read: /);
    expect(await told("*.csv")).toBe(
      "MTL3028: `http://SERVER/*.csv` cannot name data: a web server does not list its files\nhelp: name each file",
    );
    await server.close();
    expect(await told("a.csv")).toMatch(/^MTL7682: `http:\/\/SERVER\/a\.csv` cannot be read: /);
  });

  it("need the extension, and one line says so", async () => {
    process.env["MTLC_DUCKDB_EXTENSIONS"] = folderWith();
    const folder = folderWith();
    expect(await failureOf(folder, colorRows(folder, "s3://bucket/a.csv"))).toMatch(
      /^MTL7680: `s3:\/\/` is read by the extension `httpfs` of DuckDB \d+\.\d+\.\d+: it is not installed; `mtlc doctor --install` installs it$/,
    );
  });
});

describe.skipIf(!hasExtension)("files of S3", () => {
  const key = { id: "AKIATESTTEST", secret: "a/very+secret=key" };
  const keysOfEnvironment = (server: FileServer, secret: string): void => {
    process.env["AWS_ACCESS_KEY_ID"] = key.id;
    process.env["AWS_SECRET_ACCESS_KEY"] = secret;
    process.env["AWS_ENDPOINT_URL"] = server.origin;
  };

  it("are listed by a glob, in the order of their names, with requests that the environment's key signs", async () => {
    const rest = lines.slice(1);
    const server = await serve(
      {
        "logs/day=1/a.csv": [lines[0], rest[0]].join("\n"),
        "logs/day=2/a.csv": [lines[0], rest[1], rest[2]].join("\n"),
        "logs/day=3/b.csv": [lines[0], rest[3]].join("\n"),
        "logs/other.txt": "no",
      },
      { key },
    );
    keysOfEnvironment(server, key.secret);
    const folder = folderWith({ "a.csv": text });
    expect(await colorRows(folder, "s3://logs/day=*/*.csv")).toEqual(await colorRows(folder, "a.csv"));
    expect(await failureOf(folder, colorRows(folder, "s3://logs/day=*/*.tsv", "tsv"))).toBe(
      "MTL7101: no file matches `s3://logs/day=*/*.tsv`",
    );
  });

  it("are refused without the right key, and no message and no file of the cache holds a key", async () => {
    const server = await serve({ "logs/a.csv": text }, { key });
    const folder = folderWith();
    keysOfEnvironment(server, "another+secret");
    for (const url of ["s3://logs/a.csv", "s3://logs/*.csv"]) {
      const told = await failureOf(folder, colorRows(folder, url));
      expect(told).toBe(
        `MTL7681: the server does not let \`${url}\` be read with the credentials of the environment (HTTP 403)`,
      );
    }
    keysOfEnvironment(server, key.secret);
    await colorRows(folder, "s3://logs/a.csv");
    const written = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(written.length).toBeGreaterThan(2);
    for (const entry of written) {
      const content = readFileSync(join(entry.parentPath, entry.name), "latin1");
      for (const secret of [key.id, key.secret, "another+secret"]) expect(content).not.toContain(secret);
    }
  });
});

describe("URLs of data", () => {
  it.each([
    ["s3://logs/day=*/[ab].parquet", undefined],
    ["gs://logs/a.parquet", undefined],
    ["https://example.com:8443/a%20b.csv", undefined],
    ["C:/data/a.csv", undefined],
    ["data/a?.csv", undefined],
    ["ftp://example.com/a.csv", "`ftp://` is not read"],
    ["https://me:word@example.com/a.csv", "it holds a user or a password"],
    [
      "s3://logs/a.csv?s3_secret_access_key=word",
      "it holds a `?`, behind which a URL may carry a signature or a token",
    ],
    ["https://example.com/a.csv#word", "it holds a `#`, behind which a URL may carry a signature or a token"],
    ["https://example.com/*.csv", "a web server does not list its files"],
    ["s3://log*/a.csv", "its host or bucket is a pattern"],
    ["s3://logs", "it names no file"],
  ])("%s", (url, problem) => {
    expect(findUrlFault(url)?.problem).toBe(problem);
    expect(publicUrl(url)).not.toContain("word");
  });

  it("are what they are in whichever file they stand", () => {
    expect(rebasePath("s3://logs/a.csv", "parts/data.mtl", "spec.mtl")).toBe("s3://logs/a.csv");
    expect(rebasePath("a.csv", "parts/data.mtl", "spec.mtl")).toBe("parts/a.csv");
  });

  it("of text are refused where the file is too large to copy (MTL7683)", async () => {
    const folder = folderWith();
    const work = withDatabase({ folder }, (database) =>
      copyRemoteFile(database, { url: "s3://logs/a.csv", size: 3 * 2 ** 30, version: "1" }, span),
    );
    expect(await failureOf(folder, work)).toBe(
      "MTL7683: `s3://logs/a.csv` has 3.0 GiB; a file of text on a server may have 1 GiB",
    );
  });
});

describe("credentials", () => {
  it("are those of the environment, and a token is sent only to the hosts that the environment names", () => {
    expect(secretStatements({})).toEqual(["CREATE TEMPORARY SECRET mtlc_s3_0 (TYPE s3, REGION 'us-east-1')"]);
    expect(
      secretStatements({
        AWS_ACCESS_KEY_ID: "id",
        AWS_SECRET_ACCESS_KEY: "it's",
        AWS_SESSION_TOKEN: "session",
        AWS_REGION: "eu-central-1",
        AWS_ENDPOINT_URL: "http://minio:9000/",
        GCS_HMAC_KEY_ID: "goog",
        GCS_HMAC_SECRET: "more",
        MTLC_HTTP_TOKEN: "token",
        MTLC_HTTP_TOKEN_HOSTS: "data.example.com, other.example.com:8443",
      }),
    ).toEqual([
      "CREATE TEMPORARY SECRET mtlc_s3_0 (TYPE s3, KEY_ID 'id', SECRET 'it''s', SESSION_TOKEN 'session', REGION 'eu-central-1', ENDPOINT 'minio:9000', URL_STYLE 'path', USE_SSL 'false')",
      "CREATE TEMPORARY SECRET mtlc_gcs_0 (TYPE gcs, KEY_ID 'goog', SECRET 'more')",
      "CREATE TEMPORARY SECRET mtlc_http_0 (TYPE http, BEARER_TOKEN 'token', SCOPE 'https://data.example.com/')",
      "CREATE TEMPORARY SECRET mtlc_http_1 (TYPE http, BEARER_TOKEN 'token', SCOPE 'https://other.example.com:8443/')",
    ]);
    expect(secretStatements({ MTLC_HTTP_TOKEN: "token" })).toHaveLength(1);
  });

  it("are taken out of texts, as they are and as URLs spell them", () => {
    const environment = { AWS_SECRET_ACCESS_KEY: "a/b+c=", PGPASSWORD: "hunter22", AWS_SESSION_TOKEN: "" };
    expect(hideSecrets("a/b+c= a%2Fb%2Bc%3D hunter22 rest", environment)).toBe("… … … rest");
  });
});
