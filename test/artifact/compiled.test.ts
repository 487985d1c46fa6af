import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../src/runtime/jobs/compile.js";
import { evaluate } from "../../src/runtime/jobs/evaluate.js";
import { predict, predictColumns } from "../../src/runtime/jobs/predict/predict.js";
import type { TrainEvent } from "../../src/runtime/events.js";
import { train } from "../../src/runtime/jobs/train.js";

/** What a directory is good for that `mtlc compile` wrote. */
const folder = mkdtempSync(join(tmpdir(), "mtlc-compiled-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const place = (name: string): string => join(folder, name);

const chains = `model chains
signals {
  ctr: P(click)
  cvr: P(buy | click) outside refuse
}
chain ctcvr = ctr * cvr
fusion twice = 2 * ctr
rank page = top 2 by ctcvr
`;

const network = `model clicks
data { train: "d.csv", test: "d.csv" }
features { user: categorical, x: numeric }
labels { click: event }
tower t = mlp([user, x], [4])
task ctr: P(click) = sigmoid(logit(t))
loss { ctr: bce }
train { epochs: 1, batch: 32, seed: 3 }
metrics { ctr: [auc] }
`;

beforeAll(async () => {
  const rows = Array.from({ length: 64 }, (_, i) => `u${i % 5},${i % 7},${i % 2}`);
  writeFileSync(place("d.csv"), `user,x,click\n${rows.join("\n")}\n`);
  writeFileSync(place("chains.mtl"), chains);
  writeFileSync(place("network.mtl"), network);
  await compile({ spec: place("chains.mtl"), output: place("chains") });
  await compile({ spec: place("network.mtl"), output: place("network") });
});

function warningsOf(events: readonly TrainEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === "warning" ? [event.diagnostic.code] : []));
}

describe("an artifact without a network", () => {
  it("predicts its chains over signals, a row out for each row in", async () => {
    writeFileSync(place("in.csv"), "id,ctr,cvr\n1,.5,.2\n2,,.9\n3,1.5,.9\n4,.25,.5\n");
    const call = { artifact: place("chains"), files: [place("in.csv")] };
    const { heads } = await predictColumns(call);
    expect([...heads].map(([name, values]) => [name, [...values]])).toEqual([
      ["ctcvr", [Math.fround(0.1), NaN, NaN, 0.125]],
    ]);
    await predict({ ...call, output: place("out.csv"), format: "csv", keep: ["id"] });
    expect(readFileSync(place("out.csv"), "utf8")).toBe("id,ctcvr\n1,0.1\n2,\n3,\n4,0.125\n");
  });

  it("says what is missing from a file, and which value it cannot take", async () => {
    const predicted = (text: string) => {
      writeFileSync(place("bad.csv"), text);
      return predictColumns({ artifact: place("chains"), files: [place("bad.csv")] });
    };
    await expect(predicted("id,ctr,cvrs\n1,.5,.2\n")).rejects.toThrow(/MTL7103.*`cvr`.*`cvrs`/);
    await expect(predicted("id,ctr,cvr\n1,.5,.2\n2,much,.2\n")).rejects.toThrow(/MTL7113: `ctr` is `much` in row 2/);
    await expect(predicted("id,ctr,cvr\n1,.5,2\n")).rejects.toThrow(/MTL7113: `cvr` is `2` in row 1/);
  });

  it("has nothing to measure, and no weights to start from", async () => {
    const artifact = place("chains");
    await expect(evaluate({ artifact })).rejects.toThrow(/MTL7213.*nothing to measure/);
    const call = { spec: place("network.mtl"), output: place("warm-none"), engine: "cpu" as const };
    await expect(train({ ...call, warmStart: artifact })).rejects.toThrow(/MTL7213.*no weights/);
    writeFileSync(place("formula.mtl"), "model formula\nsignals { s: number >= 0 }\nfusion f = s\n");
    await compile({ spec: place("formula.mtl"), output: place("formula") });
    await expect(predictColumns({ artifact: place("formula"), files: [place("in.csv")] })).rejects.toThrow(
      /MTL7213.*nothing to predict/,
    );
  });
});

describe("an artifact that was not trained", () => {
  it("is measured and started from with a word on its weights, and does not predict", async () => {
    const events: TrainEvent[] = [];
    const onEvent = (event: TrainEvent): void => void events.push(event);
    const { heads } = await evaluate({
      artifact: place("network"),
      test: [place("d.csv")],
      engine: "cpu",
      onEvent,
    });
    expect(heads["ctr"]?.rows).toBe(64);
    expect(warningsOf(events)).toContain("MTL7212");
    events.length = 0;
    const call = { spec: place("network.mtl"), engine: "cpu" as const, onEvent };
    await train({ ...call, output: place("warm"), warmStart: place("network") });
    expect(warningsOf(events)).toContain("MTL7212");
    // The first weights are those that training begins with anyway.
    await train({ ...call, output: place("cold") });
    expect(readFileSync(place("warm/weights.safetensors"))).toEqual(readFileSync(place("cold/weights.safetensors")));
    await expect(predictColumns({ artifact: place("network"), files: [place("d.csv")] })).rejects.toThrow("MTL7206");
  });
});

describe("compiling an artifact", () => {
  const filesOf = (directory: string): readonly string[] =>
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((name) => !name.startsWith(".mtlc") && statSync(join(directory, name)).isFile())
      .toSorted();

  it.each(["chains", "network", "trained"])("writes it again as it is: %s", async (name) => {
    if (name === "trained") await train({ spec: place("network.mtl"), output: place(name), engine: "cpu" });
    const { manifest } = await compile({ spec: place(name), output: place(`${name}-again`) });
    expect(manifest.trained).toBe(name === "trained");
    const [old, again] = [place(name), place(`${name}-again`)];
    expect(filesOf(again)).toEqual(filesOf(old));
    for (const file of filesOf(old))
      expect(readFileSync(join(again, file)), file).toEqual(readFileSync(join(old, file)));
  });
});
