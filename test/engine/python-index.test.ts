import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseWheel, downloadWheel, indexUrl, listFiles } from "../../src/runtime/engine/python-index.js";

const project = "tensorflow-cpu";
const wheel = (version: string, tag: string): string => `tensorflow_cpu-${version}-cp311-cp311-${tag}.whl`;
const names = [
  wheel("2.21.0", "manylinux_2_27_x86_64"),
  wheel("2.21.0", "macosx_12_0_arm64"),
  wheel("2.21.0rc1", "manylinux_2_27_x86_64"),
  wheel("2.15.1", "manylinux_2_17_x86_64.manylinux2014_x86_64"),
];
const body = Buffer.from("the bytes of a wheel");
const sha256 = createHash("sha256").update(body).digest("hex");

describe("a Python package index", () => {
  let server: Server;
  let address: string;
  let folder: string;
  const seen: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mtlc-index-"));
    server = createServer((request, response) => {
      seen.push(request.headers.authorization ?? "none");
      if (request.url === "/json/tensorflow-cpu/") {
        response.setHeader("content-type", "application/vnd.pypi.simple.v1+json");
        response.end(
          JSON.stringify({
            files: names.map((filename) => ({ filename, url: `../../files/${filename}`, hashes: { sha256 } })),
          }),
        );
      } else if (request.url === "/html/tensorflow-cpu/") {
        response.setHeader("content-type", "text/html");
        response.end(
          names
            .map((name) => `<a href="/files/${name}?a=1&amp;b=2#sha256=${sha256}" data-x="1">\n ${name} </a>`)
            .join("<br/>"),
        );
      } else if (request.url?.startsWith("/files/") === true) {
        response.end(body);
      } else {
        response.statusCode = 404;
        response.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  it.each(["json", "html"])("reads %s pages", async (kind) => {
    const files = await listFiles(`http://${address}/${kind}`, project);
    expect(files.map((file) => file.filename)).toEqual(names);
    expect(files.every((file) => file.sha256 === sha256 && file.url.startsWith(`http://${address}/files/`))).toBe(true);
  });

  it("sends the credentials of the address as a header", async () => {
    await listFiles(`http://me:p%40ss@${address}/json/`, project);
    expect(seen.at(-1)).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  });

  it("says what the index answered", async () => {
    await expect(listFiles(`http://${address}/none`, project)).rejects.toThrow("answered 404");
  });

  it("chooses a wheel of the release that the machine's glibc can load", async () => {
    const files = await listFiles(`http://${address}/json`, project);
    const chosen = (version: string, glibc: readonly [number, number]): string | undefined =>
      chooseWheel(files, { project, version, glibc })?.filename;
    expect(chosen("2.21.0", [2, 31])).toBe(names[0]);
    expect(chosen("2.21.0", [2, 26])).toBeUndefined();
    expect(chosen("2.15.1", [2, 17])).toBe(names[3]);
    expect(chosen("2.18.1", [2, 31])).toBeUndefined();
  });

  it("downloads a wheel and refuses a damaged one", async () => {
    const url = `http://${address}/files/${names[0]}`;
    const progress: number[] = [];
    const path = await downloadWheel({ filename: "a.whl", url, sha256 }, folder, (done) => progress.push(done));
    expect((await readFile(path)).equals(body)).toBe(true);
    expect(progress.at(-1)).toBe(body.length);
    const damaged = downloadWheel({ filename: "b.whl", url, sha256: "0".repeat(64) }, folder, () => {});
    await expect(damaged).rejects.toThrow("b.whl is damaged");
  });

  it("takes the index from PIP_INDEX_URL", async () => {
    expect(await indexUrl({ PIP_INDEX_URL: "https://mirror.example/simple" })).toBe("https://mirror.example/simple");
  });
});
