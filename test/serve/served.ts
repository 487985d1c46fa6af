/** A trained artifact for the tests of the server: small, and trained once per file. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { train } from "../../src/runtime/jobs/train.js";

export interface Served {
  readonly root: string;
  readonly spec: string;
  readonly artifact: string;
  /** A folder `name` with a copy of the artifact as each of these versions. */
  readonly versions: (name: string, ...numbers: readonly number[]) => string;
  readonly remove: () => void;
}

export async function trainServed(): Promise<Served> {
  const root = mkdtempSync(join(tmpdir(), "mtlc-serve-"));
  const lines = Array.from(
    { length: 120 },
    (_, i) => `u${i % 3},i${i % 4},${i % 5},a|b,${i % 3 === 0 ? 1 : 0},${i % 6 === 0 ? 1 : 0}`,
  );
  writeFileSync(join(root, "d.csv"), `uid,item,price,tags,click,buy\n${lines.join("\n")}\n`);
  const spec = join(root, "taste.mtl");
  writeFileSync(
    spec,
    `model taste
data { train: "d.csv", test: "d.csv" }
features {
  user:  categorical(column: "uid", embed: 2)
  item:  categorical(embed: 2)
  price: numeric(scale: standard)
  tags:  bag(separator: "|", embed: 2)
}
labels { click: event, buy: event within click }
tower t = mlp([user, item, price, tags], [4])
task ctr: P(click) = sigmoid(logit(t))
task cvr: P(buy | click) = sigmoid(logit(t))
chain ctcvr: P(buy) = ctr * cvr
loss { ctr: bce, ctcvr: bce }
train { optimizer: adam(lr: 0.02), batch: 16, epochs: 4, seed: 1 }
fusion score = ctr * cvr
rank page = top 3 by score
`,
  );
  const artifact = join(root, "out");
  await train({ spec, output: artifact, engine: "cpu" });
  return {
    root,
    spec,
    artifact,
    versions: (name, ...numbers) => {
      const folder = join(root, name);
      for (const number of numbers) cpSync(artifact, join(folder, String(number)), { recursive: true });
      return folder;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
