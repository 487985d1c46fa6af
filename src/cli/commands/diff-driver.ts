import { resolve } from "node:path";
import { diffModels, type ModelDiff } from "../../compiler/diff/index.js";
import { createFailure, Failure } from "../../runtime/failure.js";
import { loadModelSource } from "../../runtime/model-source.js";

/**
 * What git's external diff is asked for (`diff.<name>.command`, see gitattributes): a path, and for both sides a file, its
 * blob and its mode; more when the file has another name now. Git ends when its diff fails, so that a side that does not
 * compile is a line of the result.
 */
export async function runDriver(words: readonly string[], show: (diff: ModelDiff) => string): Promise<string> {
  const [path, before, , , after] = words;
  if (path === undefined || before === undefined || after === undefined)
    throw createFailure("MTL8005", { command: "diff", argument: "git's seven arguments", usage: "git diff" });
  const head = `mtlc diff ${path}\n`;
  if (before === "/dev/null") return `${head}a new spec\n`;
  if (after === "/dev/null") return `${head}the spec is gone\n`;
  try {
    const folder = resolve(".");
    const [old, own] = await Promise.all([loadModelSource(before, folder), loadModelSource(after, folder)]);
    return `${head}${show(diffModels(old.model, own.model))}`;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${head}${error.diagnostics.map(({ code, message }) => `${code}: ${message}\n`).join("")}`;
  }
}
