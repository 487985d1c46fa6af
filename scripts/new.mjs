// Writes the files of something new, to fill in: `npm run new -- layer|loss|gate|code|rule NAME`. What it writes compiles as it is, and its test
// fails until it is filled in. Nothing is written when something is wrong with the name. `--root DIR` is another tree than this one.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtinKinds } from "./new/builtin.mjs";
import { codeKinds } from "./new/code.mjs";
import { Refused } from "./new/refused.mjs";
import { ruleKinds } from "./new/rule.mjs";

const kinds = { ...builtinKinds, ...codeKinds, ...ruleKinds };
const usage = `npm run new -- ${Object.keys(kinds).join("|")} NAME`;

/** The words of a command line without `--root DIR`, and that folder. */
function readWords(words) {
  const at = words.indexOf("--root");
  const here = join(dirname(fileURLToPath(import.meta.url)), "..");
  return at < 0
    ? { root: here, names: words }
    : { root: words[at + 1] ?? "", names: [...words.slice(0, at), ...words.slice(at + 2)] };
}

try {
  const { root, names } = readWords(process.argv.slice(2));
  const [kind, name, ...more] = names;
  if (kind === undefined || name === undefined || more.length > 0) throw new Refused(`usage: ${usage}`, 2);
  if (!Object.hasOwn(kinds, kind))
    throw new Refused(`cannot write a new \`${kind}\`; it can be ${Object.keys(kinds).join(", ")}`, 2);
  if (!existsSync(join(root, "src", "compiler"))) throw new Refused(`\`${root}\` is not a clone of mtl`, 2);
  const { files, next } = await kinds[kind](root, name);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const lines = [
    ...Object.keys(files).map((path) => `wrote ${path}`),
    "",
    "Next:",
    ...next.map((step, i) => `  ${i + 1}. ${step}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
