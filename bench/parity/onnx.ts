/** The target `onnx`, in Node and in Python. */
import { join } from "node:path";
import { type OnnxDescription, type OnnxFeed, rowFeeds } from "../../test/targets/onnx/cases.js";
import { filesOf, type Heads, type ParityCase } from "./cases.js";
import { parseLines, type PythonJobs, writeAll } from "./python.js";
import { type Answer, type Runner, targetNamed } from "./runner.js";

/** The models of raw columns and of encoded features, as a service in Node runs them: the values that are further away. */
export function onnxNode(): Runner {
  return {
    name: "onnx-node",
    absent: () =>
      import("onnxruntime-node").then(
        () => undefined,
        () => "the package onnxruntime-node is not installed",
      ),
    run: async (cases, folder) => {
      const { InferenceSession, Tensor } = await import("onnxruntime-node");
      const tensorOf = ({ type, shape, data }: OnnxFeed) => {
        if (type === "string") return new Tensor(type, data.map(String), shape);
        if (type === "int64") return new Tensor(type, BigInt64Array.from(data, BigInt), shape);
        if (type === "int32") return new Tensor(type, Int32Array.from(data, Number), shape);
        return type === "float32"
          ? new Tensor(type, Float32Array.from(data, Number), shape)
          : new Tensor(type, Float64Array.from(data, Number), shape);
      };
      const answers: Answer[] = [];
      for (const [i, made] of cases.entries()) {
        const files = filesOf(targetNamed("onnx"), made);
        if (typeof files === "string") {
          answers.push(files);
          continue;
        }
        const path = join(folder, `onnx-${i}`);
        writeAll(path, files);
        const found: Heads[] = [];
        for (const { name, feeds, outputs } of onnxModels(made, files)) {
          const session = await InferenceSession.create(join(path, name), { logSeverityLevel: 3 });
          const given = Object.entries(feeds).map(([input, feed]) => [input, tensorOf(feed)] as const);
          const all = await session.run(Object.fromEntries(given));
          found.push(
            Object.fromEntries(outputs.map(([output, head]) => [head, Array.from(all[output]?.data ?? [], Number)])),
          );
          await session.release();
        }
        answers.push(furthest(made.expected, found));
      }
      return answers;
    },
  };
}

interface OnnxModelOfCase {
  readonly name: string;
  readonly feeds: Readonly<Record<string, OnnxFeed>>;
  /** Names of outputs with their heads. */
  readonly outputs: readonly (readonly [string, string])[];
}

function onnxModels(made: ParityCase, files: ReadonlyMap<string, Uint8Array>): readonly OnnxModelOfCase[] {
  const description = JSON.parse(Buffer.from(files.get("models.json") ?? []).toString()) as OnnxDescription;
  const feeds = rowFeeds(description, made.model, made.rows, made.batch.ids, made.feeds);
  return Object.entries(description.models).map(([name, { outputs }]) => ({
    name,
    feeds: feeds[name] ?? {},
    outputs: outputs.map((output) => [output.name, output.head] as const),
  }));
}

/** Of several answers, the values that are further from what is expected. */
function furthest(expected: Heads, answers: readonly Heads[]): Heads {
  return Object.fromEntries(
    Object.entries(expected).map(([head, values]) => [
      head,
      values.map((value, row) => {
        const all = answers.map((answer) => answer[head]?.[row] ?? NaN);
        const away = (x: number): number => (Number.isNaN(x) ? Infinity : Math.abs(x - value));
        return all.reduce((worst, x) => (away(x) > away(worst) ? x : worst), all[0] ?? NaN);
      }),
    ]),
  );
}

export function onnxJobs(cases: readonly ParityCase[], folder: string): PythonJobs {
  const lines: string[] = [];
  const prepared = cases.map((made, i) => {
    const files = filesOf(targetNamed("onnx"), made);
    if (typeof files === "string") return files;
    writeAll(join(folder, `onnx-${i}`), files);
    return onnxModels(made, files).map(({ name, feeds, outputs }) => {
      lines.push(JSON.stringify({ file: join(folder, `onnx-${i}`, name), feeds }));
      return { at: lines.length - 1, outputs };
    });
  });
  return {
    input: lines.map((line) => `${line}\n`).join(""),
    read: (output) => {
      const found = parseLines(output);
      return prepared.map((models, i) => {
        if (typeof models === "string") return models;
        const answers = models.map(({ at, outputs }) =>
          Object.fromEntries(outputs.map(([name, head]) => [head, found[at]?.[name] ?? []])),
        );
        return furthest(cases[i]?.expected ?? {}, answers);
      });
    },
  };
}
