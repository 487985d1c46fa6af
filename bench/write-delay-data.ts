/** Writes the data of `specs/examples/delayed_feedback.mtl`: `npm run bench -- write-delay-data`. The same bytes each time. */
import { writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { print, projectRoot } from "./report.js";
import { createDraws } from "../src/runtime/tune/index.js";

export const summary = "writes specs/examples/delays/train.csv.gz and test.csv.gz again";

/** Days over which clicks were collected; training data was taken at their end, test data long after. */
const days = 10;
const rows = { train: 4000, test: 1000 } as const;

/** Clicks that convert by a rate of their campaign and site, after an exponential delay that is longer for some campaigns. */
export function run(): void {
  const { normal, uniform } = createDraws(31);
  const campaigns = Array.from({ length: 12 }, () => ({ taste: normal(), hazard: Math.exp(-1.2 + 0.5 * normal()) }));
  const sites = Array.from({ length: 8 }, () => 0.5 * normal());
  mkdirSync(join(projectRoot, "specs/examples/delays"), { recursive: true });
  for (const role of ["train", "test"] as const) {
    const lines = Array.from({ length: rows[role] }, () => {
      const campaign = Math.floor(uniform() * campaigns.length);
      const site = Math.floor(uniform() * sites.length);
      const age = normal();
      const { taste, hazard } = campaigns[campaign]!;
      const converts = uniform() < 1 / (1 + Math.exp(1 - taste - sites[site]! - 0.4 * age));
      const delay = -Math.log(1 - uniform()) / hazard;
      const elapsed = role === "train" ? days * uniform() : 1000;
      const seen = converts && delay <= elapsed;
      return [
        `a${campaign}`,
        `s${site}`,
        age.toFixed(2),
        seen ? 1 : 0,
        seen ? delay.toFixed(3) : "",
        elapsed.toFixed(3),
      ].join(",");
    });
    const path = join(projectRoot, `specs/examples/delays/${role}.csv.gz`);
    writeFileSync(
      path,
      gzipSync(["campaign,site,age,conversion,delay,elapsed", ...lines, ""].join("\n"), { level: 9 }),
    );
    print(`${path}: ${lines.length} rows`);
  }
}
