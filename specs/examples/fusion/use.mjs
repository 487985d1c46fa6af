// node specs/examples/fusion/use.mjs DIRECTORY: scores candidates with the module that `mtlc compile -o DIRECTORY` wrote.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const { explain, rank, score } = await import(pathToFileURL(resolve(process.argv[2], "serving/index.js")).href);
const lines = readFileSync(join(import.meta.dirname, "hall.jsonl"), "utf8").trim().split("\n");
const request = { candidates: lines.map((line) => JSON.parse(line)), now: Date.parse("2026-11-05") / 1000 };

for (const { id, scores } of score(request).items) console.log(id.padEnd(8), scores.score.toPrecision(6));
console.log("left out:", JSON.stringify(score(request).leftOut));
console.log("ranked:", rank(request).items.map(({ id }) => id).join(", "));
const { kind, score: whole, parts } = explain(request, "kettle", "score");
console.log(`why kettle has ${whole.toPrecision(6)}: a ${kind} of`);
for (const { part, value, contribution } of parts)
  console.log(" ", part.padEnd(16), value.toPrecision(4).padStart(8), contribution.toFixed(4).padStart(9));
