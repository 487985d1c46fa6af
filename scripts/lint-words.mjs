// Says where the project uses a word that it has given up, and the word to write: `npm run lint:words [-- FILE…]`.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { oldWords } from "./words.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** What is ours to word: not data, not generated, not what the words themselves are kept in. */
const included = /^(src|docs|grammar|editors|specs|test|bench|scripts|\.github)\/|^[A-Z_]+\.md$/;
const excluded =
  /^CHANGELOG\.md$|^editors\/vscode\/CHANGELOG\.md$|^scripts\/words\.mjs$|\/data\/|^test\/(conformance|fixtures)\/|^test\/architecture\/words\.test\.ts$/;
/** Layouts of a spec whose words are older. */
const pending = /^test\/baselines\/format\//;
const kinds = /\.(ts|mjs|js|md|mtl|txt|ebnf|json|html|patch)$/;

function files() {
  const listed = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
  return listed.stdout
    .split("\n")
    .filter((file) => included.test(file) && !excluded.test(file) && !pending.test(file) && kinds.test(file));
}

const named = process.argv.slice(2).map((file) => resolve(file));
let count = 0;
for (const file of named.length > 0 ? named : files().map((name) => join(root, name))) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (named.length === 0 && error.code === "ENOENT") continue;
    process.stderr.write(`${file}: ${error.message}\n`);
    process.exitCode = 2;
    continue;
  }
  for (const { line, column, found, use } of oldWords(text)) {
    count++;
    process.stdout.write(`${relative(process.cwd(), file)}:${line}:${column}: "${found}": write ${use}\n`);
  }
}
if (count > 0) {
  process.stdout.write(`${count} old ${count === 1 ? "word" : "words"}; the list is scripts/words.mjs\n`);
  process.exitCode ||= 1;
}
