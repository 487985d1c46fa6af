import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Served, trainServed } from "./served.js";

/** `mtlc serve` as a process, with a worker thread of its own. */
let served: Served;
let child: ChildProcess;
let port: number;
const lines: string[] = [];

beforeAll(async () => {
  served = await trainServed();
  const program = join(import.meta.dirname, "../../bin/mtlc.js");
  const options = ["--port", "0", "--workers", "1", "--engine", "cpu", "--poll", "0", "--grace", "600000"];
  child = spawn(process.execPath, [program, "serve", served.artifact, ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.stdout === null) throw new Error("the server has no output");
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  port = Number(new URL(String((await logged("serving"))["url"])).port);
}, 60_000);

afterAll(() => {
  child.kill("SIGKILL");
  served.remove();
});

/** The record of the log with this message, when it comes. */
async function logged(message: string): Promise<Readonly<Record<string, unknown>>> {
  const find = (): Readonly<Record<string, unknown>> | undefined =>
    lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>).find(({ msg }) => msg === message);
  while (find() === undefined && child.exitCode === null) await new Promise((resolve) => void setTimeout(resolve, 10));
  return find() ?? {};
}

const body = JSON.stringify({ instances: [{ uid: "u0", item: "i1", price: 2, tags: ["a"] }] });
const head = `POST /v1/models/taste:predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;

async function socket(text: string): Promise<Socket> {
  const opened = connect(port, "127.0.0.1");
  opened.on("error", () => undefined);
  await once(opened, "connect");
  opened.write(text);
  return opened;
}

/** All that comes from a socket from now on, until it ends or holds `end`. */
async function readUntil(opened: Socket, end: string): Promise<string> {
  let text = "";
  for await (const chunk of opened.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes(end)) break;
  }
  return text;
}

it("answers others while clients are slow, silent or gone", async () => {
  const slow = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      socket(i % 3 === 0 ? "" : i % 3 === 1 ? "POST /v1/mod" : `${head}\r\n${body.slice(0, 9)}`),
    ),
  );
  const answers = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/models/taste:predict`, { method: "POST", body });
      return [response.status, Object.keys((await response.json()) as object)];
    }),
  );
  expect(new Set(answers.map((each) => JSON.stringify(each)))).toEqual(new Set(['[200,["predictions"]]']));
  // Those that have begun no request hold nobody up at the end, either.
  slow.filter((_, i) => i % 3 === 2).forEach((each) => each.destroy());
});

it("answers bytes that are not HTTP by a reason, too", async () => {
  const opened = await socket("nonsense\r\n\r\n");
  expect(await readUntil(opened, "}")).toMatch(/^HTTP\/1.1 400 [\s\S]*"error":"[^"]*HTTP/);
});

it("ends in order: what was begun is answered, and the exit code is 0", async () => {
  const opened = await socket(`${head}expect: 100-continue\r\n\r\n`);
  expect(await readUntil(opened, "\r\n\r\n")).toMatch(/^HTTP\/1.1 100 /);
  child.kill("SIGTERM");
  await logged("ending: what was begun is answered");
  opened.write(body);
  expect(await readUntil(opened, "predictions")).toMatch(/^HTTP\/1.1 200 /);
  const [code] = (child.exitCode === null ? await once(child, "exit") : [child.exitCode]) as [number | null];
  expect(code).toBe(0);
  expect(lines.map((line) => (JSON.parse(line) as { readonly msg: string }).msg).at(-1)).toBe("ended");
});
