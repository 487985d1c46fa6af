/** Writes the example log of `docs/tuning.md`: `npm run bench -- write-tuning-log`. The same bytes each time. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { print, projectRoot } from "./report.js";
import { createDraws } from "../src/runtime/tune/index.js";
import { simulateLog, type SimulatedLog } from "./simulated-log.js";

export const summary = "writes specs/examples/tuning/log.csv.gz again";

export function run(): void {
  const log = simulateLog({ users: 100, days: 5, items: 16 }, 11);
  const head = "request_id,user_id,day,item_id,ctr,cvr,stay,category,is_new,click,value,rating,a,b,gain";
  const shown = showJittered(log, 16);
  const lines = Array.from({ length: log.rows }, (_, row) =>
    [
      `r${log.requests[row]}`,
      `u${log.users[row]}`,
      `2026-03-${String((log.days[row] ?? 0) + 1).padStart(2, "0")}`,
      `i${log.items[row]}`,
      digits(log.ctr[row]),
      digits(log.cvr[row]),
      digits(log.stay[row]),
      `c${log.categories[row]}`,
      log.isNew[row],
      log.click[row],
      digits(log.value[row]),
      // One in ten requests was followed by a survey.
      (log.requests[row] ?? 0) % 10 === 0 ? log.rating[row] : "",
      shown.a[row]?.toFixed(4),
      shown.b[row]?.toFixed(4),
      digits(shown.gain[row]),
    ].join(","),
  );
  const path = join(projectRoot, "specs/examples/tuning/log.csv.gz");
  writeFileSync(path, gzipSync([head, ...lines, ""].join("\n"), { level: 9 }));
  print(`${path}: ${log.rows} rows`);
}

/** What production has in `feed.mtl`, and how widely each request's parameters are drawn around it. */
const production = { a: 0.1, b: 1 } as const;
const deviation = 0.4;

/** Each request shown in the order of parameters of its own; an item earns the more the higher it is. */
function showJittered(log: SimulatedLog, items: number): Readonly<Record<"a" | "b" | "gain", Float64Array>> {
  const { normal, uniform } = createDraws(23);
  const drawIn = (center: number, low: number, high: number): number => {
    for (;;) {
      const value = Number((center + deviation * normal()).toFixed(4));
      if (value >= low && value <= high) return value;
    }
  };
  const shown = { a: new Float64Array(log.rows), b: new Float64Array(log.rows), gain: new Float64Array(log.rows) };
  for (let start = 0; start < log.rows; start += items) {
    const [a, b] = [drawIn(production.a, 0, 2), drawIn(production.b, 0, 2)];
    const score = (row: number): number =>
      (log.ctr[row] as number) * (log.cvr[row] as number) ** a * (log.stay[row] as number) ** b;
    const rows = Array.from({ length: items }, (_, i) => start + i).sort((x, y) => score(y) - score(x));
    for (const [place, row] of rows.entries()) {
      shown.a[row] = a;
      shown.b[row] = b;
      // Little chance, so that some hundred requests say something.
      shown.gain[row] = (100 * (log.worth[row] as number) * (0.5 + uniform())) / (place + 1) ** 2;
    }
  }
  return shown;
}

function digits(value: number | undefined): string {
  return Number((value ?? 0).toPrecision(4)).toString();
}
