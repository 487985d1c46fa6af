/** Memory under many requests, and others' answers while clients are slow. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createRandom } from "../report.js";
import { fire } from "./load.js";
import { startMtlc } from "./servers.js";
import { inferBody, rankBody } from "./shop.js";
import { countsOf, otherThan200, residentMemory, type Soak } from "./soak.js";

const predict = "/v1/models/shop:predict";

export const manyRequests: Soak = {
  name: "memory",
  run: async ({ artifact, requests }) => {
    // A machine that others keep busy answers late, which is not what is looked for.
    const server = await startMtlc("mtlc serve", [artifact, "--engine", "onnx", "--timeout", "120000"]);
    const random = createRandom(3);
    const bodies = [
      ...Array.from({ length: 40 }, () => ({ path: predict, body: inferBody(1, random) })),
      ...Array.from({ length: 5 }, () => ({ path: predict, body: inferBody(20, random) })),
      ...Array.from({ length: 5 }, () => ({ path: "/v1/rank", body: rankBody(20, random) })),
    ];
    const statuses = new Map<number, number>();
    const memory: number[] = [];
    const parts = 10;
    for (let part = 0; part < parts; part++) {
      const found = await fire({
        url: server.url,
        requests: bodies,
        connections: 16,
        amount: Math.ceil(requests / parts),
      });
      for (const [status, count] of found.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count);
      memory.push(residentMemory(server));
    }
    await server.kill("SIGTERM");
    const most = (values: readonly number[]): number => Math.max(...values);
    const growth = most(memory.slice(-3)) / most(memory.slice(0, 5)) - 1;
    return {
      lines: [
        countsOf(statuses),
        `MiB after each tenth: ${memory.map((each) => each.toFixed(0)).join(", ")}; the most of the last three above that of the first five: ${(100 * growth).toFixed(1)} %`,
      ],
      failures: [...otherThan200(statuses), ...(growth > 0.1 ? ["the memory of the server grows"] : [])],
    };
  },
};

export const slowClients: Soak = {
  name: "slow",
  run: async ({ artifact }) => {
    const server = await startMtlc("mtlc serve", [artifact, "--engine", "onnx"]);
    const random = createRandom(4);
    const requests = Array.from({ length: 20 }, () => ({ path: predict, body: inferBody(1, random) }));
    const ask = (seconds: number): ReturnType<typeof fire> =>
      fire({ url: server.url, requests, connections: 8, seconds });
    await ask(2);
    const before = await ask(4);
    const port = Number(new URL(server.url).port);
    const slow = await Promise.all(Array.from({ length: 300 }, (_, i) => halfOpen(port, i)));
    // A byte now and then, as a client does who wants to hold a connection.
    const trickle = setInterval(() => slow.forEach((socket) => socket.writable && socket.write("a")), 500);
    const beside = await ask(4);
    clearInterval(trickle);
    slow.forEach((socket) => socket.destroy());
    await server.kill("SIGTERM");
    const kept = beside.perSecond / before.perSecond;
    return {
      lines: [
        `beside 300 clients that are silent, stop in the head, or stop in the body: ${(100 * kept).toFixed(0)} % of the requests per second, p99 ${before.p99.toFixed(0)} ms → ${beside.p99.toFixed(0)} ms`,
      ],
      failures: [...otherThan200(beside.statuses), ...(kept < 0.4 ? ["slow clients starve the others"] : [])],
    };
  },
};

async function halfOpen(port: number, index: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  const head = `POST ${predict} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n`;
  socket.write(["", head.slice(0, 12), `${head}\r\n{"instances": [`][index % 3] ?? "");
  return socket;
}
