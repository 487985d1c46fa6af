import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../random.js";

/** A folder with a spec of few parameters on few rows, for whole runs that take no time. */
export interface Tiny {
  readonly root: string;
  /** Writes another spec beside the data; gives its path. */
  readonly spec: (name: string, options?: TinyOptions) => string;
}

export interface TinyOptions {
  /** Entries of the `train` block, besides `batch: 8`, `epochs: 2` and Adam at 0.05. */
  readonly train?: string;
  /** Declarations of the network, in place of one small tower `t`. */
  readonly network?: string;
  readonly features?: string;
  readonly rest?: string;
}

export function createTiny(rows = 60): Tiny {
  const root = mkdtempSync(join(tmpdir(), "mtlc-tiny-"));
  writeFileSync(join(root, "train.csv"), tinyRows(rows, 1));
  writeFileSync(join(root, "test.csv"), tinyRows(24, 2));
  return {
    root,
    spec: (name, { train = "", network, features, rest = "" } = {}) => {
      const path = join(root, `${name}.mtl`);
      writeFileSync(
        path,
        `model ${name}
data { train: "train.csv", test: "test.csv" }
features {
${features ?? "  user: categorical(embed: 2)\n  item: categorical(embed: 2)\n  age: numeric(scale: standard)"}
}
labels { click: event }
${network ?? "tower t = mlp([user, item, age], [3])"}
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
train { optimizer: adam(lr: 0.05), batch: 8, ${/\bepochs:/.test(train) ? "" : "epochs: 2, "}${train} }
${rest}`,
      );
      return path;
    },
  };
}

/** Clicks that the item decides, mostly; users of other days have other numbers. */
export function tinyRows(rows: number, seed: number, firstUser = 0): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, () => {
    const item = Math.floor(random() * 6);
    const user = firstUser + Math.floor(random() * 9);
    const click = random() < (item < 3 ? 0.8 : 0.2) ? 1 : 0;
    return [`u${user}`, `i${item}`, (random() * 40).toFixed(1), click].join(",");
  });
  return `user,item,age,click\n${lines.join("\n")}\n`;
}

export function weightsOf(folder: string): Buffer {
  return readFileSync(join(folder, "weights.safetensors"));
}
