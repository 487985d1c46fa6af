import { createReadStream, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tableFormatOf, tableFormats } from "../../../runtime/data/index.js";
import { createFailure } from "../../../runtime/failure.js";
import { predict, type PredictOptions, type PredictResult } from "../../../runtime/jobs/predict/predict.js";
import type { Outcome } from "../../command.js";

type PredictCall = Omit<PredictOptions, "output" | "format">;

/** Writes the table in the format that the file's name tells. */
export async function runPredict(call: PredictCall, output: string): Promise<Outcome<PredictResult>> {
  const format = tableFormatOf(output);
  if (format === undefined)
    throw createFailure("MTL8004", {
      option: "--output",
      value: output,
      expected: `a file that ends in ${tableFormats.map((name) => `\`.${name}\``).join(", ")}`,
    });
  return { result: await predict({ ...call, output, format }), exitCode: 0 };
}

/** The table as CSV, in pieces. */
export async function predictToTerminal(call: PredictCall, out: (text: string) => void): Promise<undefined> {
  const folder = await mkdtemp(join(tmpdir(), "mtlc-predict-"));
  // The process ends at once when nobody reads its rows any more.
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", clean);
  try {
    const output = join(folder, "predictions.csv");
    await predict({ ...call, output, format: "csv" });
    for await (const chunk of createReadStream(output, "utf8")) out(chunk as string);
  } finally {
    clean();
    process.off("exit", clean);
  }
  return undefined;
}
