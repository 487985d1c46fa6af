/** Texts with slips of the hand in them, seeded, so that a failure can be looked at again. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository, from which the texts are read. */
const root = process.cwd();

/** The specs that come with mtlc, and one that has every word of the language. */
export function mangledTexts(): readonly { readonly name: string; readonly text: string }[] {
  return ["specs/examples", "specs/census", "specs/synthetic", "test/fixtures/syntax"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((name) => name.endsWith(".mtl"))
      .toSorted()
      .map((name) => ({ name, text: readFileSync(join(root, name), "utf8") })),
  );
}

const others = new Map<string, string | undefined>();

/** A file that a mangled text imports, read once. */
export function readOther(file: string): string | undefined {
  if (!others.has(file)) {
    try {
      others.set(file, readFileSync(join(root, file), "utf8"));
    } catch {
      others.set(file, undefined);
    }
  }
  return others.get(file);
}

/** A small seeded generator (mulberry32), so that a failure can be looked at again. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const alphabet = "abcxyz019_ .,:=()[]{}\"'|&*/+-^<>!?\n\té";

/** One to four characters or words dropped, doubled, swapped, put in or changed. */
export function mutate(text: string, random: () => number): string {
  let result = text;
  const pick = (limit: number): number => Math.floor(random() * limit);
  for (let edits = 1 + pick(4); edits > 0; edits--) {
    const at = pick(result.length);
    const character = alphabet[pick(alphabet.length)] ?? "";
    switch (pick(6)) {
      case 0:
        result = result.slice(0, at) + result.slice(at + 1);
        break;
      case 1:
        result = result.slice(0, at) + character + result.slice(at);
        break;
      case 2:
        result = result.slice(0, at) + (result[at + 1] ?? "") + (result[at] ?? "") + result.slice(at + 2);
        break;
      case 3:
        result = result.slice(0, at) + character + result.slice(at + 1);
        break;
      case 4: {
        const words = [...result.matchAll(/\w+/g)];
        const [from, to] = [words[pick(words.length)], words[pick(words.length)]];
        if (from !== undefined && to !== undefined)
          result = result.slice(0, from.index) + to[0] + result.slice(from.index + from[0].length);
        break;
      }
      default: {
        const lines = result.split("\n");
        lines.splice(pick(lines.length), 1);
        result = lines.join("\n");
      }
    }
  }
  return result;
}
