/** A position that serving does not know: what is served is what the model says of an unknown one. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { predict, train } from "../../src/index.js";

const examples = join(import.meta.dirname, "../../specs/examples");

it("the example of position bias serves every row at one position, the unknown one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "position-"));
  const spec = readFileSync(join(examples, "position_bias.mtl"), "utf8").replace("./videos", join(examples, "videos"));
  const rows = gunzipSync(readFileSync(join(examples, "videos/test.csv.gz")))
    .toString()
    .split("\n")
    .slice(0, 41);
  const place = (rows[0] ?? "").split(",").indexOf("position");
  /** Served clicks of the model, with other words in the column. */
  const clicks = async (artifact: string, position?: string): Promise<readonly number[]> => {
    const lines = rows.map((row, i) => {
      const cells = row.split(",");
      return i === 0 || position === undefined ? row : cells.with(place, position).join(",");
    });
    const [file, output] = [join(folder, "rows.csv"), join(folder, "out.csv")];
    writeFileSync(file, lines.join("\n"));
    await predict({ artifact, files: [file], output, format: "csv", engine: "wasm" });
    const [head = "", ...body] = readFileSync(output, "utf8").trim().split("\n");
    const column = head.split(",").indexOf("click");
    return body.map((line) => Number(line.split(",")[column]));
  };
  const trained = async (name: string, text: string): Promise<string> => {
    writeFileSync(join(folder, `${name}.mtl`), text);
    const output = join(folder, name);
    await train({ spec: join(folder, `${name}.mtl`), output, engine: "wasm", epochs: 1 });
    return output;
  };

  const served = await trained("served", spec);
  const asLogged = await clicks(served);
  expect(await clicks(served, "1")).toEqual(asLogged);
  expect(await clicks(served, "missing")).toEqual(asLogged);

  // The same training without what serving is told: it says the same of rows whose position is unknown, and of no others.
  const plain = await trained("plain", spec.replace(', serving: "missing"', ""));
  expect(await clicks(plain, "missing")).toEqual(asLogged);
  expect(await clicks(plain, "1")).not.toEqual(asLogged);
});
