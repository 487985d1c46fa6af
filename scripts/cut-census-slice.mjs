// Cuts the census slice of specs/census/data out of the two files of UCI's Census-Income (KDD) data:
//   node scripts/cut-census-slice.mjs DIRECTORY [OUTPUT]
// DIRECTORY holds census-income.data.gz and census-income.test.gz (plain files without .gz do as well).
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

/** The fourth of every ten rows is kept: no random number, the order of the file stays, and so do the label rates. */
const step = 10;
const offset = 3;
const files = [
  { from: "census-income.data", to: "census-train.csv.gz" },
  { from: "census-income.test", to: "census-test.csv.gz" },
];

const [source, output = join(dirname(fileURLToPath(import.meta.url)), "../specs/census/data")] = process.argv.slice(2);
if (source === undefined) {
  console.error("usage: node scripts/cut-census-slice.mjs DIRECTORY [OUTPUT]");
  process.exit(2);
}

for (const { from, to } of files) {
  const plain = join(source, from);
  const packed = `${plain}.gz`;
  if (!existsSync(plain) && !existsSync(packed)) {
    console.error(`neither ${plain} nor ${packed} is there; get both files from https://doi.org/10.24432/C5N30T`);
    process.exit(1);
  }
  const bytes = existsSync(packed) ? gunzipSync(readFileSync(packed)) : readFileSync(plain);
  const rows = bytes
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "");
  const kept = rows.filter((_, index) => index % step === offset);
  const target = join(output, to);
  writeFileSync(`${target}.new`, gzipFixed(Buffer.from(`${kept.join("\n")}\n`, "latin1")));
  renameSync(`${target}.new`, target);
  console.log(`${target}: ${kept.length} of ${rows.length} rows`);
}

/** Node's gzip leaves the time in the header at zero; the byte that names the operating system is set to "unknown". */
function gzipFixed(content) {
  const packed = gzipSync(content, { level: 9 });
  packed[9] = 255;
  return packed;
}
