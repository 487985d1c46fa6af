/** Versions that come under load: good ones, of which no request may notice anything, and one that is damaged. */
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../report.js";
import { type RunningServer, startMtlc } from "./servers.js";
import { inferBody } from "./shop.js";
import { countsOf, otherThan200, pause, residentMemory, type Soak, startClients } from "./soak.js";

export const reloads: Soak = {
  name: "reloads",
  run: async ({ folder, artifact, reloads: count }) => {
    const versions = join(folder, "models", "shop");
    const place = (version: number, change: (path: string) => void = () => undefined): void => {
      const hidden = join(versions, `.${version}`);
      cpSync(artifact, hidden, { recursive: true });
      change(hidden);
      renameSync(hidden, join(versions, String(version)));
    };
    place(1);
    const server = await startMtlc("mtlc serve", [join(folder, "models"), "--engine", "onnx", "--poll", "0"]);
    const random = createRandom(5);
    const bodies = Array.from({ length: 20 }, () => inferBody(2, random));
    let at = 0;
    const clients = startClients(8, () =>
      fetch(`${server.url}/v1/models/shop:predict`, { method: "POST", body: bodies[at++ % bodies.length] ?? "" }),
    );
    const memory: number[] = [];
    const late: string[] = [];
    for (let version = 2; version <= count + 1; version++) {
      place(version);
      if (!(await becomes(server, version, "AVAILABLE"))) late.push(`version ${version} was not opened within 60 s`);
      rmSync(join(versions, String(version - 1)), { recursive: true });
      if (version % Math.max(1, Math.floor(count / 5)) === 0) memory.push(residentMemory(server));
    }
    const damaged = count + 2;
    place(damaged, (path) => {
      const file = join(path, "weights.safetensors");
      const bytes = readFileSync(file);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 9) ^ 1, bytes.length - 9);
      writeFileSync(file, bytes);
    });
    const isRefused = await becomes(server, damaged, "END");
    await pause(500);
    await clients.end();
    const refusal = server.log.find(({ msg, version }) => msg === "version refused" && version === String(damaged));
    const after = await states(server);
    await server.kill("SIGTERM");
    return {
      lines: [
        `${count} versions under load: ${countsOf(clients.statuses)}; MiB on the way: ${memory.map((each) => each.toFixed(0)).join(", ")}`,
        `a version with a bit turned: ${isRefused ? "refused" : "opened"}, ${JSON.stringify(refusal?.["reasons"] ?? "not logged")}; ${JSON.stringify(Object.fromEntries(after))}`,
      ],
      failures: [
        ...otherThan200(clients.statuses),
        ...late,
        ...(isRefused && refusal !== undefined && after.get(String(count + 1)) === "AVAILABLE"
          ? []
          : ["the damaged version was not refused and logged beside the good one"]),
      ],
    };
  },
};

async function becomes(server: RunningServer, version: number, state: string): Promise<boolean> {
  const end = performance.now() + 60_000;
  process.kill(server.pid, "SIGHUP");
  while ((await states(server)).get(String(version)) !== state) {
    if (performance.now() > end) return false;
    await pause(20);
  }
  return true;
}

async function states({ url }: RunningServer): Promise<ReadonlyMap<string, string>> {
  const answer = (await (await fetch(`${url}/v1/models/shop`)).json()) as {
    readonly model_version_status: readonly { readonly version: string; readonly state: string }[];
  };
  return new Map(answer.model_version_status.map(({ version, state }) => [version, state]));
}
