// Names of what specs can write: which may be taken, and what files and constants of them are called.
import { read } from "./edit.mjs";
import { Refused } from "./refused.mjs";

/** Words that cannot name a constant of TypeScript. */
const typescriptWords = new Set(
  "arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield".split(
    " ",
  ),
);

/** Words of the language: those that its grammar writes in quotes. */
function languageWords(root) {
  return new Set([...read(root, "grammar/mtl.ebnf").matchAll(/"([a-z_]+)"/g)].map(([, word]) => word));
}

/** Refuses a name that cannot be a word of the language: `kind` is what it would name. */
export function checkWord(root, kind, name) {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))
    throw new Refused(
      `\`${name}\` cannot name a ${kind}: names are lower-case words with \`_\` between them, such as \`noisy_top_k\``,
    );
  if (languageWords(root).has(name))
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
