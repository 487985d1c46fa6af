/** Writes the example log of `specs/examples/din.mtl`: `npm run bench -- write-interest-log`. The same bytes each time. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { print, projectRoot } from "./report.js";
import { createDraws } from "../src/runtime/tune/index.js";

export const summary = "writes specs/examples/data/din-*.csv again";

const categories = 12;
const itemsOfCategory = 5;
const users = 150;

/** Users like two categories each; they see any items and click mostly what is of a category that they like. */
export function run(): void {
  const { uniform } = createDraws(31);
  const below = (count: number): number => Math.floor(uniform() * count);
  const lines: string[] = [];
  for (let user = 0; user < users; user += 1) {
    const liked = [below(categories), below(categories)];
    const clicked: number[] = [];
    const browsed: number[] = [];
    // A user who came before has a history already.
    for (let visit = below(14); visit > 0; visit -= 1) {
      const category = liked[below(2)] ?? 0;
      clicked.push(category * itemsOfCategory + below(itemsOfCategory));
      browsed.push(uniform() < 0.3 ? below(categories) : category);
    }
    for (let row = 0; row < 12; row += 1) {
      const isLiked = uniform() < 0.4;
      const category = isLiked ? (liked[below(2)] ?? 0) : below(categories);
      const item = category * itemsOfCategory + below(itemsOfCategory);
      const price = 5 + below(100);
      const click = uniform() < (liked.includes(category) ? 0.7 : 0.08) - price / 1000 ? 1 : 0;
      const history = [names("i", clicked), names("c", browsed)];
      lines.push([`u${user}`, `i${item}`, `c${category}`, ...history, price, click].join(","));
      browsed.push(category);
      if (click === 1) clicked.push(item);
    }
  }
  const folder = join(projectRoot, "specs/examples/data");
  mkdirSync(folder, { recursive: true });
  const head = "user_id,item_id,category,clicked,browsed,price,click";
  // Every fifth row tests.
  const parts = { train: (row: number) => row % 5 !== 4, test: (row: number) => row % 5 === 4 };
  for (const [name, isOf] of Object.entries(parts)) {
    const path = join(folder, `din-${name}.csv`);
    const own = lines.filter((_, row) => isOf(row));
    writeFileSync(path, [head, ...own, ""].join("\n"));
    print(`${path}: ${own.length} rows`);
  }
}

function names(letter: string, ids: readonly number[]): string {
  return ids
    .slice(-20)
    .map((id) => `${letter}${id}`)
    .join("|");
}
