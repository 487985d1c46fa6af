// A new layer, loss or gate: its file, its line in `builtins/tables.ts`, and a test that compares it with a formula written by hand.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pretty, read, withElement, withImport } from "./edit.mjs";
import { Refused } from "./refused.mjs";
import { checkWord, constantOf, fileOf } from "./word.mjs";

const folder = "src/compiler/builtins";

const templates = {
  layer: (name, constant) => `import type { LayerBuiltin } from "../builtin.js";
import { inputRows } from "../replicas.js";
import { fromVector, shapeOf } from "../shapes.js";

export const ${constant}: LayerBuiltin = {
  kind: "layer",
  name: "${name}",
  summary: "TODO: one sentence, as hover shows it.",
  paper: "TODO: authors: title, year; or without this line",
  inputs: ["x"],
  parameters: [],
  shape: (inputs) => fromVector(inputs, (width) => shapeOf(width)),
  // TODO: for now its input as it is. Weights come from context.parameter or \`denseCopies\`; see linear.ts and cross.ts.
  lower: (context) => inputRows(context, 0),
};
`,
  loss: (name, constant) => `import type { RowLossBuiltin } from "../builtin.js";

export const ${constant}: RowLossBuiltin = {
  kind: "loss",
  // One that compares the rows of a list is a \`ListLossBuiltin\`, per "list"; see bpr.ts and softmax-list.ts.
  per: "row",
  name: "${name}",
  summary: "TODO: one sentence, as hover shows it.",
  paper: "TODO: authors: title, year; or without this line",
  // TODO: what it fits, of "probability", "expectation" and "score".
  heads: ["expectation"],
  parameters: [],
  // TODO: one number per row. A probability has \`prediction.logTrue\` and \`logFalse\` beside \`value\`; see focal.ts.
  lower: ({ builder, prediction, target }) => builder.sub(prediction.value, target),
};
`,
  gate: (name, constant) => `import type { GateBuiltin } from "../builtin.js";
import { dense } from "../dense.js";
import { inputOf } from "../replicas.js";

export const ${constant}: GateBuiltin = {
  kind: "gate",
  name: "${name}",
  summary: "TODO: one sentence, as hover shows it.",
  paper: "TODO: authors: title, year; or without this line",
  parameters: [],
  // TODO: weights [B, experts] of the gate's input [B, d]; for now x·W as it is. What penalties read goes beside them; see noisy-top-k.ts.
  lower: (context, experts) => ({ weights: dense(context, inputOf(context, 0), experts, "", false) }),
};
`,
};

const tests = {
  layer: (name) => `import { describe, expect, it } from "vitest";
import { distance } from "../lower/harness.js";
import { describeLayer } from "./copies.js";
import { layerNamed, runLayer, someRows } from "./harness.js";

// Its shape, and that with replicas it is as many layers. TODO: arguments that turn everything on.
describeLayer("${name}", { inputs: [someRows(5, 3)] });

describe("${name}", () => {
  it("is TODO: its formula in words", () => {
    const [x0, x1] = [2, -1];
    // TODO: parameters by name, such as \`weight: [1, 0, 0, 1]\`, and what they make of the row.
    const { output } = runLayer(layerNamed("${name}"), { inputs: [{ shape: [1, 2], data: [x0, x1] }], state: {} });
    const expected: readonly number[] = [Number.NaN, Number.NaN];
    expect(distance([...output.data], expected)).toBeLessThan(1e-12);
  });
});
`,
  loss: (name) => `import { describe, expect, it } from "vitest";
import { distance } from "../lower/harness.js";
import { runLoss } from "./harness.js";

/** TODO: the loss of one row, by hand, and its derivative by the prediction. */
const formula = (_prediction: number, _target: number): number => Number.NaN;
const slopeOf = (_prediction: number, _target: number): number => Number.NaN;

describe("${name}", () => {
  it("is TODO: its formula in words, and so is its gradient", () => {
    const predictions = [0.2, 3, -1, 0];
    const targets = [1, 0.5, -1, 2];
    // TODO: a probability is given by its logit: \`runLoss("${name}", logits, targets, {}, "logit")\`.
    const { loss, slope } = runLoss("${name}", predictions, targets);
    const pairs = predictions.map((prediction, row) => [prediction, targets[row] ?? 0] as const);
    expect(distance(loss, pairs.map(([p, y]) => formula(p, y)))).toBeLessThan(1e-12);
    expect(distance(slope, pairs.map(([p, y]) => slopeOf(p, y)))).toBeLessThan(1e-12);
  });

  it("stays finite, with its gradient, where predictions are extreme", () => {
    const { loss, slope } = runLoss("${name}", [1e4, -1e4], [0, 0]);
    expect([...loss, ...slope].every(Number.isFinite)).toBe(true);
  });
});
`,
  gate: (name) => `import { describe, expect, it } from "vitest";
import { distance } from "../lower/harness.js";
import { runGate, someRows } from "./harness.js";

describe("${name}", () => {
  it("is TODO: its formula in words", () => {
    // One row of two inputs and three experts. TODO: parameters by name, and the weights that they make of it.
    const state = { weight: [1, 0, 2, 0.5, 1, 0] };
    const { output } = runGate("${name}", 3, { inputs: [{ shape: [1, 2], data: [1, -2] }], state });
    const expected: readonly number[] = [Number.NaN, Number.NaN, Number.NaN];
    expect(distance([...output.data], expected)).toBeLessThan(1e-12);
  });

  it("gives each row weights that sum to 1", () => {
    const { output } = runGate("${name}", 4, { inputs: [someRows(5, 3)] });
    expect(output.shape).toEqual([5, 4]);
    for (let row = 0; row < 5; row += 1) {
      const total = [...output.data].slice(row * 4, row * 4 + 4).reduce((sum, weight) => sum + weight, 0);
      expect(total).toBeCloseTo(1, 6);
    }
  });
});
`,
};

/** Where docs/language.md describes them. */
const chapters = { layer: "Layers", loss: "Losses", gate: "Gates" };

const plurals = { layer: "layers", loss: "losses", gate: "gates" };

/** The folders of whatever shares one name space with them. */
const groups = ["layers", "activations", "families", "gates", "losses", "penalties", "balances"];

/** Names of the tree's built-ins, with the file of each: the `name` that a `summary` follows. */
function builtinNames(root) {
  return new Map(
    groups.flatMap((group) =>
      readdirSync(join(root, folder, group))
        .filter((file) => file.endsWith(".ts"))
        .flatMap((file) => {
          const text = readFileSync(join(root, folder, group, file), "utf8");
          const names = [...text.matchAll(/\bname: "(\w+)",\s*summary:|\{ \.\.\.\w+, name: "(\w+)"/g)];
          return names.map(([, name, variant]) => [name ?? variant, `${folder}/${group}/${file}`]);
        }),
    ),
  );
}

function checkName(root, kind, name) {
  checkWord(root, kind, name);
  const known = builtinNames(root).get(name);
  if (known !== undefined) throw new Refused(`\`${name}\` exists: ${known}`);
}

const create = (kind) => async (root, name) => {
  checkName(root, kind, name);
  const file = fileOf(name);
  const constant = constantOf(name);
  const source = `${folder}/${plurals[kind]}/${file}.ts`;
  const test = `test/builtins/${file}.test.ts`;
  for (const path of [source, test]) if (existsSync(join(root, path))) throw new Refused(`${path} exists`);
  const index = `${folder}/tables.ts`;
  const withLine = withElement(
    withImport(read(root, index), constant, `./${plurals[kind]}/${file}.js`),
    plurals[kind],
    constant,
  );
  return {
    files: {
      [source]: await pretty(templates[kind](name, constant)),
      [index]: await pretty(withLine),
      [test]: await pretty(tests[kind](name)),
    },
    next: [
      `fill in ${source} and ${test} (each TODO), until \`npx vitest run test/builtins\` passes`,
      `describe it in docs/language.md under "${chapters[kind]}", with the heading: ### \`${name}\``,
      "`npm run accept`, and read the changed goldens; add a line to CHANGELOG.md",
      "`npm run check`",
    ],
  };
};

/** What `npm run new` can write of built-ins: each takes the root and a name, and gives texts by path and what is left to do. */
export const builtinKinds = { layer: create("layer"), loss: create("loss"), gate: create("gate") };
