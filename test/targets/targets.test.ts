import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Target, targets } from "../../src/compiler/targets/index.js";
import { onnx } from "../../src/compiler/targets/onnx/index.js";
import { artifactFiles, isArtifactEntry, readArtifact, writeArtifact } from "../../src/runtime/artifact/index.js";
import { Failure } from "../../src/runtime/failure.js";
import { compile, loweredContent, lowerSpec } from "../../src/runtime/jobs/compile.js";
import { recompileArtifact } from "../../src/runtime/jobs/compile-artifact.js";
import { compileTargets } from "../../src/runtime/jobs/compile-targets.js";
import { describeTargets } from "../../src/runtime/jobs/describe-targets.js";
import { train } from "../../src/runtime/jobs/train.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";

const body = `features { id: categorical(hash: 10, embed: 2), brand: categorical(hash: 5, embed: 2) }
labels { click: event }
input x = [id, brand]
task ctr: P(click) = sigmoid(logit(x))
loss { ctr: bce }
`;
const serving = "fusion score = ctr ^ 0.5\nrank page = top 3 by score\n";
const trees = `features { a: numeric(scale: none), b: numeric(scale: none) }
labels { click: event }
task ctr: P(click) = sigmoid(trees([a, b]))
loss { ctr: bce }
`;
const large = `features { a: categorical(embed: 2) }
labels { click: event }
task ctr: P(click) = sigmoid(logit(a))
loss { ctr: bce }
`;
const left = `features {
  device: categorical(hash: 9, embed: 2)
  sport:  categorical(values: ["a", "b"], embed: 2)
  place:  categorical(values: ["a", "b"], embed: 2) = lower(city)
}
labels { click: event }
task ctr: P(click) = sigmoid(logit([device, sport, place]))
loss { ctr: bce }
`;

let root = "";
const at = (name: string): string => join(root, name);
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mtlc-targets-"));
  writeFileSync(at("m.mtl"), `model m\ndata { train: csv("nowhere.csv") }\n${body}${serving}`);
  writeFileSync(at("bare.mtl"), `model bare\ndata { train: csv("nowhere.csv") }\n${body}`);
  writeFileSync(at("trees.mtl"), `model t\ndata { train: csv("nowhere.csv") }\n${trees}`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every file under a folder with its bytes. */
function filesUnder(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path, "base64")];
    }),
  );
}

/** Codes, messages and the text at the location of what a job refuses. */
async function refused(job: Promise<unknown>): Promise<readonly string[]> {
  const failure = await job.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error("it was not refused", { cause: failure });
  return failure.diagnostics.map(({ code, message, span }) => {
    const text = failure.sources.get(span.file)?.text.slice(span.start, span.end) ?? "";
    return `${code}: ${message} [${text}]`;
  });
}

describe("the table of targets", () => {
  it("has a name and a folder for each, which nothing else in an artifact has", () => {
    const [names, folders] = [targets.map(({ name }) => name), targets.map(({ folder }) => folder)];
    expect([new Set(names).size, new Set(folders).size]).toEqual([targets.length, targets.length]);
    const parts = [...Object.values(artifactFiles), "imports", "vocab", "trees", "checkpoints", "run.json"];
    expect(folders.filter((folder) => parts.includes(folder) || !/^[a-z_]+$/.test(folder))).toEqual([]);
    expect(folders.filter((folder) => !isArtifactEntry(folder))).toEqual([]);
  });
});

describe("mtlc compile --target", () => {
  it("writes what an artifact has in the folders of the targets, from the spec as from the artifact", async () => {
    await compile({ spec: at("m.mtl"), output: at("artifact") });
    const asked = ["javascript", "savedmodel", "tfjs"];
    const fromSpec = await compileTargets({ spec: at("m.mtl"), output: at("a"), targets: asked });
    await compileTargets({ spec: at("artifact"), output: at("b"), targets: asked });
    expect(filesUnder(at("a"))).toEqual(filesUnder(at("b")));
    expect(fromSpec.targets.map(({ name }) => name)).toEqual(["savedmodel", "tfjs", "javascript"]);
    for (const { folder, files } of fromSpec.targets) {
      expect(filesUnder(at(`a/${folder}`))).toEqual(filesUnder(at(`artifact/${folder}`)));
      const { manifest } = await readArtifact(at("artifact"));
      expect(files).toEqual(manifest.files.filter(({ path }) => path.startsWith(`${folder}/`)));
    }
  });

  it("leaves only what was asked for last, and what others put beside it", async () => {
    await compileTargets({ spec: at("m.mtl"), output: at("again"), targets: ["tfjs", "javascript"] });
    writeFileSync(at("again/notes.txt"), "mine");
    await compileTargets({ spec: at("m.mtl"), output: at("again"), targets: ["tfjs"] });
    expect(readdirSync(at("again")).toSorted()).toEqual(["notes.txt", "targets.json", "tfjs"]);
  });

  it("refuses unknown names, other directories and what a target cannot carry, and writes nothing", async () => {
    const call = { spec: at("bare.mtl"), output: at("none") };
    expect(await refused(compileTargets({ ...call, targets: ["tfsj"] }))).toEqual([
      "MTL7500: `tfsj` is not a target; did you mean `tfjs`? []",
    ]);
    expect(await refused(compileTargets({ ...call, targets: ["tfjs", "javascript"] }))).toEqual([
      "MTL7501: the target `javascript` cannot carry the model `bare`: it has no formula and no ranking []",
    ]);
    mkdirSync(at("theirs"));
    writeFileSync(at("theirs/manifest.json"), "{}");
    expect(await refused(compileTargets({ ...call, output: at("theirs"), targets: ["tfjs"] }))).toEqual([
      `MTL7502: \`${at("theirs")}\` is not a directory of targets and not empty (it has \`manifest.json\`), so it is left unchanged; give another directory []`,
    ]);
    writeFileSync(at("theirs/targets.json"), '{"format":"other"}');
    expect(await refused(compileTargets({ ...call, output: at("theirs"), targets: ["tfjs"] }))).toHaveLength(1);
    expect(readdirSync(at("theirs"))).toEqual(["manifest.json", "targets.json"]);
    expect(readdirSync(root)).not.toContain("none");
  });

  it("says where in the spec something is that a target cannot carry", async () => {
    expect(
      await refused(compileTargets({ spec: at("trees.mtl"), output: at("none"), targets: ["tfjs", "savedmodel"] })),
    ).toEqual(
      ["savedmodel", "tfjs"].map(
        (name) =>
          `MTL7501: the target \`${name}\` cannot carry the trees of the task \`ctr\`; the folder \`trees\` of the artifact has them for LightGBM [trees([a, b])]`,
      ),
    );
  });
});

describe("mtlc train --target", () => {
  it("refuses before any data is read", async () => {
    expect(await refused(train({ spec: at("bare.mtl"), targets: ["javascript"] }))).toEqual([
      "MTL7501: the target `javascript` cannot carry the model `bare`: it has no formula and no ranking []",
    ]);
    // The same without a target is about the data.
    expect((await refused(train({ spec: at("bare.mtl") })))[0]).toContain("nowhere.csv");
  });

  it("adds the target to the artifact, whose manifest lists it, with the weights in pieces", async () => {
    const sizes: Target = {
      ...targets[0]!,
      name: "sizes",
      folder: "sizes",
      inEveryArtifact: false,
      emit: ({ program, weights }) => [
        {
          path: "first.bin",
          content: function* () {
            for (const { name } of program?.state ?? []) if (name.endsWith(".embedding")) yield weights(name, 4, 12);
          },
        },
      ],
    };
    const content = loweredContent(await lowerSpec({ spec: at("m.mtl") }));
    const manifest = await writeArtifact(at("more"), { ...content, targets: [sizes] });
    expect(manifest.files.filter(({ path }) => path.startsWith("sizes/"))).toMatchObject([{ path: "sizes/first.bin" }]);
    const state = content.program?.state.find(({ name }) => name.endsWith(".embedding"));
    const rows = state === undefined ? undefined : content.state?.rows(state, 0, 2);
    const bytes = readFileSync(at("more/sizes/first.bin"));
    expect([...new Float32Array(Uint8Array.from(bytes).buffer)].slice(0, 2)).toEqual([...(rows ?? [])].slice(1, 3));
    // A target that is not of the table is not written again.
    expect((await recompileArtifact(at("more"))).targets).toEqual([]);
  });
});

describe("mtlc targets", () => {
  it("says of a spec and of an artifact what each target carries", async () => {
    const { targets: all } = await describeTargets();
    expect(all.map(({ name, refusals }) => [name, refusals])).toEqual(targets.map(({ name }) => [name, undefined]));
    const { targets: ofTrees } = await describeTargets(at("trees.mtl"));
    expect(ofTrees.find(({ name }) => name === "tfjs")?.refusals).toMatchObject([
      { what: "the trees of the task `ctr`", location: { file: at("trees.mtl"), line: 5, column: 30 } },
    ]);
    await compile({ spec: at("m.mtl"), output: at("asked") });
    const carried = (await describeTargets(at("asked"))).targets.filter(({ refusals }) => refusals?.length === 0);
    expect(carried.map(({ name }) => name)).toEqual(expect.arrayContaining(["savedmodel", "tfjs", "javascript"]));
  });

  it("says which features ONNX leaves encoded, with the reason and the location", async () => {
    const file = at("left.mtl");
    writeFileSync(file, `model left\ndata { train: csv("nowhere.csv") }\n${left}`);
    const expected = [
      {
        what: "the ids of `device`: ONNX has no such hash",
        instead: "feed `device.id`",
        location: { file, line: 4, column: 3 },
      },
      {
        what: "the value of `place`: ONNX cannot compute it from columns",
        instead: "feed `place.value`",
        location: { file, line: 6, column: 3 },
      },
    ];
    const { targets: all } = await describeTargets(file);
    expect(all.flatMap(({ name, leftToCaller }) => (leftToCaller === undefined ? [] : [[name, leftToCaller]]))).toEqual(
      [["onnx", expected]],
    );
    const compiled = await compileTargets({ spec: file, output: at("left"), targets: ["onnx", "tfjs"] });
    expect(compiled.targets.map(({ leftToCaller }) => leftToCaller)).toEqual([undefined, expected]);
    expect(readFileSync(at("left/targets.json"), "utf8")).not.toContain("leftToCaller");
    await compile({ spec: file, output: at("left-artifact") });
    const ofArtifact = (await describeTargets(at("left-artifact"))).targets.find(({ name }) => name === "onnx");
    expect(ofArtifact?.leftToCaller?.map(({ what }) => what)).toEqual(expected.map(({ what }) => what));
  });

  it("knows from an artifact which vocabularies are too large", () => {
    writeFileSync(at("large.mtl"), 'model large\ndata { train: csv("nowhere.csv") }\n' + large);
    const { model } = loadSpec(at("large.mtl"));
    const fitted = { rows: 1, features: { a: { kind: "vocabulary", values: ["x".repeat(2 ** 28), "y"] } } } as const;
    expect(onnx.leftToCaller?.({ model })).toEqual([]);
    expect(onnx.leftToCaller?.({ model, fitted })).toMatchObject([
      { what: "the ids of `a`: its vocabulary is too large for a model in ONNX", instead: "feed `a.id`" },
    ]);
  });
});
