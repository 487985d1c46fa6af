/** Those who predict: our engines, and programs of others with what targets emit. */
import { stateOf } from "../../src/compiler/graph/index.js";
import { type EngineName, selectEngine } from "../../src/runtime/engine/index.js";
import { Failure } from "../../src/runtime/failure.js";
import { filesOf, type Heads } from "./cases.js";
import { onnxJobs, onnxNode } from "./onnx.js";
import { pythonRunner, savedModelJobs, torchJobs } from "./python.js";
import { type Answer, type Runner, targetNamed } from "./runner.js";

/** In the order of the table. */
export const runners: readonly Runner[] = [
  engineRunner("fused"),
  engineRunner("native"),
  engineRunner("wasm"),
  engineRunner("cpu"),
  engineRunner("onnx"),
  engineRunner("simd"),
  onnxNode(),
  pythonRunner("onnx-py", "onnx, onnxruntime, numpy", "test/targets/onnx/predict.py", onnxJobs),
  pythonRunner("tf-py", "tensorflow", "bench/parity/saved_model.py", savedModelJobs),
  chromiumRunner(),
  pythonRunner("torch", "torch, numpy", "test/targets/torch/steps.py", torchJobs),
];

function engineRunner(name: EngineName): Runner {
  const select = () => selectEngine({ preference: name, environment: {}, purpose: "prediction" });
  return {
    name,
    absent: () =>
      select().then(
        () => undefined,
        (error: unknown) => reasonOf(error),
      ),
    run: async (cases) => {
      const { engine } = await select();
      const answers: Answer[] = [];
      for (const { program, predict, state, feeds } of cases) {
        const variables = stateOf(program, predict);
        const read = new Set(variables.map((variable) => variable.name));
        const session = await engine.open({ state: variables, functions: [predict] });
        session.set(new Map([...state].filter(([each]) => read.has(each))));
        const found = session.run("predict", feeds);
        answers.push(Object.fromEntries(Object.entries(found).map(([head, { data }]) => [head, [...data]])));
        session.close();
      }
      return answers;
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof Failure) return error.diagnostics[0]?.message ?? error.message;
  return error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
}

/** The module of the target `web` in a page. */
function chromiumRunner(): Runner {
  const browserOf = () => import("../../test/web/browser.js");
  return {
    name: "chromium",
    absent: async () => {
      const found = await browserOf().then(
        ({ chromiumPath }) => chromiumPath,
        () => undefined,
      );
      return found === undefined ? "no Chromium is installed (MTLC_CHROMIUM names one)" : undefined;
    },
    run: async (cases) => {
      const { openBrowser } = await browserOf();
      const browser = await openBrowser();
      try {
        browser.put("/page.js", pageScript);
        browser.put("/page.html", '<!doctype html><script type="module" src="/page.js"></script>', pagePolicy);
        const page = await browser.open("/page.html");
        const answers: Answer[] = [];
        for (const [i, made] of cases.entries()) {
          const files = filesOf(targetNamed("web"), made);
          if (typeof files === "string") {
            answers.push(files);
            continue;
          }
          browser.put(`/${i}.js`, files.get("index.js") ?? "");
          const answer = page.call("predict", `/${i}.js`, made.rows) as Promise<Heads>;
          answers.push(await answer.catch((error: unknown) => `error: ${reasonOf(error)}`));
        }
        return answers;
      } finally {
        await browser.close();
      }
    },
  };
}

const pagePolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

const pageScript = `globalThis.predict = async (path, rows) => {
  const { load } = await import(path);
  const model = await load();
  const heads = model.predict(rows);
  model.close();
  return Object.fromEntries(Object.entries(heads).map(([head, values]) => [head, [...values]]));
};
`;
