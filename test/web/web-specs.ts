/** Shipped specs as web modules, and what our engine predicts of the same rows. */
import { batchLayout } from "../../src/compiler/model/layout.js";
import type { Model } from "../../src/compiler/model/index.js";
import { web } from "../../src/compiler/targets/web/index.js";
import { emitTarget } from "../../src/runtime/artifact/target-files.js";
import { createRowEncoder, type RawRow } from "../../src/runtime/data/index.js";
import { createProgram, functionOf } from "../../src/runtime/engine/create-program.js";
import { selectEngine } from "../../src/runtime/engine/index.js";
import { fillSession, initialReader } from "../../src/runtime/engine/state.js";
import { createFeeds } from "../../src/runtime/measure/feeds.js";
import { bytesOf, weightsOf } from "../targets/contents.js";
import { someFitted, someRows } from "./some-rows.js";

export interface WebCase {
  readonly rows: readonly RawRow[];
  /** By served head. */
  readonly expected: Readonly<Record<string, readonly number[]>>;
  /** The files of the module by their path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A model with its first weights, rows of it, and what they are predicted as. */
export async function webCase(model: Model, count = 9): Promise<WebCase> {
  const fitted = someFitted(model);
  const program = createProgram(model, fitted);
  const rows = someRows(model, fitted, count);
  const { engine } = await selectEngine({ preference: "cpu", environment: {} });
  const target = functionOf(program, "predict");
  const session = await engine.open(program, { functions: ["predict"] });
  try {
    await fillSession(session, program.state, initialReader(3));
    const batch = createRowEncoder(model, fitted, { mode: "serving" })(rows);
    const found = session.run("predict", createFeeds(target, batchLayout(model))(batch));
    const weights = weightsOf(session.get());
    const files = emitTarget(web, { model, program, fitted, weights, sources: [], trained: false });
    return {
      rows,
      expected: Object.fromEntries(Object.entries(found).map(([head, { data }]) => [head, [...data]])),
      files: new Map(files.map(({ path, content }) => [path, bytesOf(content)])),
    };
  } finally {
    session.close();
  }
}
