import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endProcess, freePort } from "./processes.js";

/** The server's program: Redis or Valkey, whichever is there. */
export const redisProgram = ["redis-server", "valkey-server"].find(
  (program) => spawnSync(program, ["--version"]).status === 0,
);

/** What a skipped test says. */
export const withoutRedis =
  redisProgram === undefined ? " (skipped: no redis-server here; Debian: apt-get install redis-server)" : "";

export interface RedisServer {
  readonly url: string;
  /** Stops it as a crash does, and starts it again on what it wrote. */
  restart(): Promise<void>;
  kill(): void;
  stop(): Promise<void>;
}

/** A server of the tests' own, on a free port of loopback, whose writes are on disk before it answers. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "mtlc-redis-"));
  let child = await start(port, folder);
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => child.kill("SIGKILL"),
    restart: async () => {
      await endProcess(child, "SIGKILL");
      child = await start(port, folder);
    },
    stop: async () => {
      await endProcess(child, "SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function start(port: number, folder: string): Promise<ChildProcess> {
  const child = spawn(
    redisProgram ?? "redis-server",
    [
      ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ["--appendonly", "yes", "--appendfsync", "always"],
    ].flat(),
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  await new Promise<void>((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (data: Buffer) => {
      output += data.toString();
      if (/eady to accept connections/.test(output)) resolve();
    });
    child.once("exit", () => reject(new Error(`redis-server ended: ${output}`)));
  });
  return child;
}
