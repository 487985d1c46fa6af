// Names of what specs can write: which may be taken, and what files and constants of them are called.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Refused } from "./refused.mjs";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "dist", "compiler");

/** Words that cannot name a constant of TypeScript. */
const typescriptWords = new Set(
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield".split(
    " ",
  ),
);

/** Words of the language, of the build that lies here. */
async function languageWords() {
  if (!existsSync(join(dist, "syntax", "index.js"))) throw new Refused("build first: `npm run setup`");
  const load = (path) => import(pathToFileURL(join(dist, path, "index.js")).href);
  const [{ declarationWords, reservedWords }, { ruleWords }] = await Promise.all([load("syntax"), load("rules")]);
  return new Set([...declarationWords, ...reservedWords, ...ruleWords]);
}

/** Refuses a name that cannot be a word of the language's own: `kind` is what it would name. */
export async function checkWord(kind, name) {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))
    throw new Refused(
      `\`${name}\` cannot name a ${kind}: names are lower-case words with \`_\` between them, such as \`noisy_top_k\``,
    );
  if ((await languageWords()).has(name))
    throw new Refused(`\`${name}\` cannot name a ${kind}: it is a keyword of the language`);
  if (typescriptWords.has(name)) throw new Refused(`\`${name}\` cannot name a ${kind}: it is a keyword of TypeScript`);
}

/** `noisy_top_k` → `noisy-top-k`. */
export function fileOf(name) {
  return name.replaceAll("_", "-");
}

/** `noisy_top_k` → `noisyTopK`. */
export function constantOf(name) {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}
