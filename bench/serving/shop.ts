/** The shop of `mtlc init` with a ranking, trained; and its network as a model of ONNX, for a peer. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { functionGraph, modelFiles, pureFunction } from "../../src/compiler/targets/onnx/index.js";
import { rowsOf } from "../../src/compiler/graph/initialize.js";
import type { StateVariable } from "../../src/compiler/graph/graph.js";
import { loadArtifact } from "../../src/runtime/artifact/index.js";
import { projectRoot } from "../report.js";

const ranking = `
attributes {
  brand:    text
  category: text
}

params {
  alpha: 0.05 in [0, 1]
  beta:  1    in [0, 10]
}

fusion score = ctr * (alpha + cvr) * (beta + coalesce(price, 0))

rules shelf {
  spread brands     at most 1 of brand in 5
  spread categories at most 3 of category in 10
}

rank page = top 100 by score with shelf
`;

/** The command line of a clone that is built, this one where none is said. */
export function mtlc(words: readonly string[], clone = projectRoot): readonly string[] {
  return [join(clone, "bin", "mtlc.js"), ...words];
}

/** Trains in the folder; the artifact's path. */
export function makeShop(folder: string): string {
  const run = (words: readonly string[]): void => {
    const { status, stderr } = spawnSync(process.execPath, mtlc(words), { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(`mtlc ${words.join(" ")}: ${stderr}`);
  };
  run(["init", "shop"]);
  const spec = join(folder, "shop", "model.mtl");
  writeFileSync(spec, readFileSync(spec, "utf8") + ranking);
  run(["train", spec, "-o", join(folder, "out"), "--engine", "wasm"]);
  return join(folder, "out");
}

/** Inputs `ids` [B, 3] and `numbers` [B, 1], as encoders make them; an output per head. */
export async function writeOnnx(artifact: string, file: string): Promise<void> {
  const { program, state } = await loadArtifact(artifact);
  const { graph, state: used } = functionGraph(program, pureFunction(program, "predict"));
  const bytes = (variable: StateVariable): Uint8Array => {
    const { data } = state.get(variable.name) ?? { data: new Float32Array() };
    if (data.length !== rowsOf(variable).rows * rowsOf(variable).width) throw new Error(`no ${variable.name}`);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  };
  const [model] = modelFiles(graph, used, bytes, { version: "bench", name: "shop", inline: Infinity });
  writeFileSync(file, Buffer.concat([...(model?.content() ?? [])]));
}

/** A request of so many rows of raw columns. */
export function inferBody(rows: number, random: () => number): string {
  const whole = (below: number): number => Math.floor(below * random());
  const instances = Array.from({ length: rows }, () => ({
    user_id: `u${whole(65)}`,
    item_id: `i${whole(85)}`,
    hour: whole(24),
    price: 5 + whole(95),
  }));
  return JSON.stringify({ instances });
}

/** A request to the ranking: a user's hour, and candidates with raw columns and attributes. */
export function rankBody(candidates: number, random: () => number): string {
  const whole = (below: number): number => Math.floor(below * random());
  return JSON.stringify({
    request: `q${whole(1e6)}`,
    values: { user_id: `u${whole(65)}`, hour: whole(24) },
    candidates: Array.from({ length: candidates }, (_, at) => ({
      id: `c${at}`,
      item_id: `i${whole(85)}`,
      price: 5 + whole(95),
      brand: `b${Math.floor(200 * random() ** 3)}`,
      category: `k${Math.floor(20 * random() ** 3)}`,
    })),
  });
}
