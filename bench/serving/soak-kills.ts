/** `kill -9` under load: permits of caps are in SQLite, and what was shown before and after keeps to the cap. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../report.js";
import { startMtlc, type RunningServer } from "./servers.js";
import { countsOf, pause, type Soak, startClients } from "./soak.js";

const cap = 300;
const ids = 20;

const spec = `model hall
attributes {
  ctr: number in [0, 1]
}
fusion score = ctr
rules home {
  cap often at most ${cap} of id per day zone: "UTC"
}
rank page = top 5 by score with home
`;

export const kills: Soak = {
  name: "kills",
  run: async ({ folder, kills: count }) => {
    const path = join(folder, "hall.mtl");
    writeFileSync(path, spec);
    const words = [path, "--store", join(folder, "permits.db"), "--server-name", "soak", "--poll", "0"];
    const shown = new Map<string, number>();
    let empty = 0;
    const random = createRandom(6);
    let server: RunningServer = await startMtlc("mtlc serve", words);
    const ask = (): Promise<Response> =>
      fetch(`${server.url}/v1/rank`, {
        method: "POST",
        body: JSON.stringify({ candidates: Array.from({ length: ids }, (_, i) => ({ id: `i${i}`, ctr: random() })) }),
      });
    const clients = startClients(8, ask, (text) => {
      const { items } = JSON.parse(text) as { readonly items: readonly { readonly id: string }[] };
      if (items.length === 0) empty++;
      for (const { id } of items) shown.set(id, (shown.get(id) ?? 0) + 1);
    });
    for (let kill = 0; kill < count; kill++) {
      await pause(300 + 700 * random());
      await server.kill("SIGKILL");
      server = await startMtlc("mtlc serve", words);
    }
    const end = performance.now() + 120_000;
    while (empty < 100 && performance.now() < end) await pause(50);
    await clients.end();
    await server.kill("SIGTERM");
    const most = Math.max(...shown.values());
    const all = [...shown.values()].reduce((sum, each) => sum + each, 0);
    return {
      lines: [
        `${count} kills: ${countsOf(clients.statuses)}; shown at most ${most} times of ${cap}, in all ${all.toLocaleString("en")} of ${(cap * ids).toLocaleString("en")} permits`,
      ],
      failures: [
        ...(most > cap ? [`an item was shown ${most} times, and its cap is ${cap}`] : []),
        ...(empty < 100 ? ["the permits were not used up within two minutes"] : []),
      ],
    };
  },
};
