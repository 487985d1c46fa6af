/** The programs of examples/clients, each against a server of its own spec. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningServer, serve } from "../../src/runtime/serve/index.js";
import { python } from "../python.js";

const folder = join(import.meta.dirname, "../../examples/clients");
const token = "0123456789abcdef";
const run = promisify(execFile);

function has(command: string, ...options: readonly string[]): boolean {
  const found = spawnSync(command, options, { stdio: "ignore" }).status === 0;
  if (!found) console.warn(`there is no ${command}, so its client in examples/clients is not run`);
  return found;
}

let server: RunningServer;
beforeAll(async () => {
  server = await serve({
    path: join(folder, "feed.mtl"),
    workers: 0,
    poll: 0,
    port: 0,
    environment: { MTLC_TOKEN: token },
  });
}, 30_000);
afterAll(() => server.close());

/** What a program prints. It is another process, while this one answers it. */
async function outputOf(command: string, options: readonly string[], given = token): Promise<string> {
  const { stdout } = await run(command, [...options, server.url, "request.json"], {
    cwd: folder,
    env: { ...process.env, MTLC_TOKEN: given },
  });
  return stdout;
}

describe("a client of examples/clients", () => {
  it.skipIf(!has("curl", "--version"))("in curl", async () => {
    const [page, result] = (await outputOf("sh", ["client.sh"])).trim().split("\n");
    expect(JSON.parse(page ?? "")).toMatchObject({ items: [{ id: "lamp" }, { id: "vase" }, { id: "mug" }] });
    expect(JSON.parse(result ?? "")).toEqual({
      results: [{ request: "q1", counted: ["lamp"], repeated: [], late: [] }],
    });
    await expect(outputOf("sh", ["client.sh"], "wrong")).rejects.toThrow(/401/);
  });

  it.skipIf(!has(python, "--version"))("in Python", async () => {
    expect(await outputOf(python, ["client.py"])).toBe(
      "lamp 0.12\nvase 0.08\nmug 0.11\n[{'request': 'q1', 'counted': ['lamp'], 'repeated': [], 'late': []}]\n",
    );
    await expect(outputOf(python, ["client.py"], "wrong")).rejects.toThrow(/ServeError: the token of the request/);
  });

  it.skipIf(!has("go", "version"))("in Go", async ({ skip }) => {
    const program = join(mkdtempSync(join(tmpdir(), "mtlc-go-")), "client");
    // The first build on a machine compiles the library of the language as well; what it has done is kept for the next.
    const built = await run("go", ["build", "-o", program, "client.go"], { cwd: folder, timeout: 30_000 }).then(
      () => true,
      (error: { readonly killed?: boolean }) => {
        if (error.killed !== true) throw error;
        return false;
      },
    );
    if (!built) return skip("go took over 30 s to compile its library; the next run finds it compiled");
    expect(await outputOf(program, [])).toBe("lamp 0.12\nvase 0.08\nmug 0.11\n[lamp]\n");
    rmSync(dirname(program), { recursive: true });
  });

  it("by the package", async () => {
    expect(await outputOf(process.execPath, ["client.mjs"])).toBe(
      "lamp 0.12\nvase 0.08\nmug 0.11\n[ { request: 'q1', counted: [ 'lamp' ], repeated: [], late: [] } ]\n",
    );
  });
});
