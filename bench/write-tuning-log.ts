/** Writes the example log of `docs/tuning.md`: `npm run bench -- write-tuning-log`. The same bytes each time. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { print, projectRoot } from "./report.js";
import { simulateLog } from "./simulated-log.js";

export const summary = "writes specs/examples/tuning/log.csv.gz again";

export function run(): void {
  const log = simulateLog({ users: 100, days: 5, items: 16 }, 11);
  const head = "request_id,user_id,day,item_id,ctr,cvr,stay,category,is_new,click,value,rating";
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
    ].join(","),
  );
  const path = join(projectRoot, "specs/examples/tuning/log.csv.gz");
  writeFileSync(path, gzipSync([head, ...lines, ""].join("\n"), { level: 9 }));
  print(`${path}: ${log.rows} rows`);
}

function digits(value: number | undefined): string {
  return Number((value ?? 0).toPrecision(4)).toString();
}
