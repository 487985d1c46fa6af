/**
 * Finds and downloads a wheel from a Python package index, without Python where the index is reachable from Node. The
 * index is the one that pip is configured with.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface WheelFile {
  readonly filename: string;
  readonly url: string;
  /** Absent when the index states none. */
  readonly sha256?: string;
}

export interface WheelRequest {
  readonly project: string;
  readonly version: string;
  /** The newest glibc that the wheel may ask for, as `[2, 31]`. */
  readonly glibc: readonly [number, number];
}

/** The index that pip would use: `PIP_INDEX_URL`, pip's configuration, or pypi.org. */
export async function indexUrl(environment: NodeJS.ProcessEnv): Promise<string> {
  const own = environment["PIP_INDEX_URL"];
  if (own !== undefined && own !== "") return own;
  try {
    const { stdout } = await run("python3", ["-m", "pip", "config", "get", "global.index-url"], { env: environment });
    if (stdout.trim() !== "") return stdout.trim();
  } catch {
    // No pip, or nothing configured.
  }
  return "https://pypi.org/simple";
}

/** The files of a project, from the index's JSON or HTML page. */
export async function listFiles(index: string, project: string): Promise<readonly WheelFile[]> {
  const { url, headers } = splitCredentials(`${index.replace(/\/+$/, "")}/${project}/`);
  const response = await fetch(url, {
    headers: { ...headers, accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5" },
    signal: AbortSignal.timeout(20_000),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await response.text();
  return response.headers.get("content-type")?.includes("json") === true
    ? parseIndexJson(text, response.url)
    : parseIndexHtml(text, response.url);
}

export function parseIndexJson(text: string, base: string): readonly WheelFile[] {
  const page = JSON.parse(text) as {
    readonly files: readonly { filename: string; url: string; hashes?: { sha256?: string } }[];
  };
  return page.files.map(({ filename, url, hashes }) => wheelFile(filename, new URL(url, base).href, hashes?.sha256));
}

export function parseIndexHtml(text: string, base: string): readonly WheelFile[] {
  return [...text.matchAll(/<a\s[^>]*href="([^"]+)"[^>]*>\s*([^<\s]+)\s*<\/a>/gi)].map(
    ([, href = "", filename = ""]) => {
      const url = new URL(href.replaceAll("&amp;", "&"), base);
      const sha256 = /^#sha256=([0-9a-f]{64})$/.exec(url.hash)?.[1];
      url.hash = "";
      return wheelFile(filename, url.href, sha256);
    },
  );
}

function wheelFile(filename: string, url: string, sha256: string | undefined): WheelFile {
  return sha256 === undefined ? { filename, url } : { filename, url, sha256 };
}

/** The first wheel of the release for Linux x86-64 whose glibc is old enough. Its Python version does not matter to us. */
export function chooseWheel(files: readonly WheelFile[], request: WheelRequest): WheelFile | undefined {
  const prefix = `${request.project.replaceAll("-", "_")}-${request.version}-`;
  return files
    .filter((file) => file.filename.startsWith(prefix) && file.filename.endsWith("_x86_64.whl"))
    .filter((file) => {
      const tag = /manylinux_(\d+)_(\d+)_x86_64/.exec(file.filename);
      if (tag === null) return file.filename.includes("manylinux2014_x86_64");
      const [major, minor] = [Number(tag[1]), Number(tag[2])];
      return major < request.glibc[0] || (major === request.glibc[0] && minor <= request.glibc[1]);
    })
    .sort((a, b) => a.filename.localeCompare(b.filename, "en"))[0];
}

/** Downloads the wheel into the folder and returns its path. Throws when the bytes are not the ones that the index names. */
export async function downloadWheel(
  wheel: WheelFile,
  folder: string,
  onProgress: (done: number, total: number | undefined) => void,
): Promise<string> {
  const { url, headers } = splitCredentials(wheel.url);
  const response = await fetch(url, { headers });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const length = Number(response.headers.get("content-length"));
  const total = Number.isFinite(length) && length > 0 ? length : undefined;
  const hash = createHash("sha256");
  let done = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk);
      done += chunk.length;
      onProgress(done, total);
      next(null, chunk);
    },
  });
  const path = join(folder, wheel.filename);
  await pipeline(Readable.fromWeb(response.body), meter, createWriteStream(path));
  const found = hash.digest("hex");
  if (wheel.sha256 !== undefined && found !== wheel.sha256) {
    throw new Error(`${wheel.filename} is damaged: its SHA-256 is ${found}, the index says ${wheel.sha256}`);
  }
  return path;
}

/** The same by pip, which knows of proxies, certificates and credentials that Node does not. */
export async function downloadWithPip(
  request: WheelRequest,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const [major, minor] = request.glibc;
  const platforms = ["manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"]
    .filter((tag) => !(tag === "manylinux_2_27_x86_64" && major === 2 && minor < 27))
    .flatMap((tag) => ["--platform", tag]);
  const python = ["--implementation", "cp", "--python-version", "3.11", "--abi", "cp311"];
  const wanted = `${request.project}==${request.version}`;
  const args = [
    "-m",
    "pip",
    "download",
    "-q",
    "--no-deps",
    "--retries",
    "1",
    "--only-binary=:all:",
    ...python,
    ...platforms,
  ];
  await run("python3", [...args, "-d", folder, wanted], { env: environment });
  const name = (await readdir(folder)).find((file) => file.endsWith(".whl"));
  if (name === undefined) throw new Error(`pip left no wheel of ${wanted}`);
  return join(folder, name);
}

/** `https://user:password@host/` as an address without them and the header that carries them. */
function splitCredentials(address: string): { readonly url: string; readonly headers: Record<string, string> } {
  const url = new URL(address);
  if (url.username === "") return { url: url.href, headers: {} };
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
}
