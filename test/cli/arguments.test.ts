import { describe, expect, it } from "vitest";
import { parseCall } from "../../src/cli/arguments.js";
import type { CommandSpec } from "../../src/cli/command.js";
import type { OptionTable } from "../../src/cli/option.js";
import { Failure } from "../../src/runtime/failure.js";

const options = {
  output: { kind: "text", short: "o", value: "DIR", doc: "where" },
  train: { kind: "list", value: "FILE", doc: "files" },
  keep: { kind: "names", value: "COLUMN", doc: "columns" },
  epochs: { kind: "integer", value: "N", min: 1, max: 100, doc: "how often" },
  engine: { kind: "choice", values: ["native", "wasm"], doc: "what runs" },
  format: { kind: "choice", values: ["human", "json"], default: "human", doc: "how" },
  quiet: { kind: "flag", short: "q", doc: "less" },
} as const satisfies OptionTable;

const spec: CommandSpec<typeof options> = {
  name: "train",
  summary: "",
  about: [],
  positional: { name: "SPEC", min: 1, max: 1, doc: "" },
  options,
  examples: [],
};

const parse = (line: string) => parseCall(spec, line === "" ? [] : line.split(" "));

/** The codes and messages of what a line fails with. */
function failure(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  throw new Error("the line parses");
}

describe("a command line", () => {
  it("gives flags as booleans, defaults, and `undefined` for the rest", () => {
    expect(parse("a.mtl")).toEqual({
      arguments: ["a.mtl"],
      options: { format: "human", quiet: false },
    });
  });

  it("takes short options, `=` and values of every kind", () => {
    expect(parse("a.mtl -q -o out --epochs=3 --engine wasm --keep a,b --keep c --format json").options).toEqual({
      output: "out",
      train: undefined,
      keep: ["a", "b", "c"],
      epochs: 3,
      engine: "wasm",
      format: "json",
      quiet: true,
    });
  });

  it("gives a list option all words up to the next option, as a glob leaves them", () => {
    expect(parse("a.mtl --train x.csv y.csv -o out").options).toMatchObject({
      train: ["x.csv", "y.csv"],
      output: "out",
    });
    expect(parse("a.mtl --train x.csv -q --train y.csv z.csv").options.train).toEqual(["x.csv", "y.csv", "z.csv"]);
    expect(parse("a.mtl --train=x.csv -q").options.train).toEqual(["x.csv"]);
  });

  it("takes what follows `--` as it is, and a lone dash as an argument", () => {
    expect(parse("-- --odd.mtl").arguments).toEqual(["--odd.mtl"]);
    expect(parse("-").arguments).toEqual(["-"]);
  });

  it("may repeat an option: the last one counts", () => {
    expect(parse("a.mtl --epochs 2 --epochs 5").options.epochs).toBe(5);
  });
});

describe("a command line with a mistake", () => {
  it.each([
    ["a.mtl --epoch 3", "MTL8002: `mtlc train` has no option `--epoch`; did you mean `--epochs`?"],
    ["a.mtl --zzzzzzzz", "MTL8002: `mtlc train` has no option `--zzzzzzzz`; `mtlc train --help` lists them"],
    ["a.mtl -x", "MTL8002: `mtlc train` has no option `-x`; `mtlc train --help` lists them"],
    ["a.mtl --output", "MTL8003: `--output` needs a value: `--output DIR`"],
    ["a.mtl -o --quiet", "MTL8003: `-o` needs a value: `-o DIR`"],
    ["a.mtl --epochs 0", "MTL8004: `--epochs` takes a whole number from 1 to 100, not `0`"],
    ["a.mtl --epochs 1.5", "MTL8004: `--epochs` takes a whole number from 1 to 100, not `1.5`"],
    ["a.mtl --engine wsam", "MTL8004: `--engine` takes `native` or `wasm`, not `wsam`"],
    ["a.mtl --quiet=yes", "MTL8004: `--quiet` takes no value, not `yes`"],
    ["", "MTL8005: `mtlc train` needs SPEC: `mtlc train SPEC [options]`"],
    ["--train x.csv a.mtl", "MTL8005: `mtlc train` needs SPEC: `mtlc train SPEC [options]`"],
    ["a.mtl b.mtl", "MTL8006: `mtlc train` does not take `b.mtl`: `mtlc train SPEC [options]`"],
  ])("%s", (line, message) => {
    expect(failure(line)).toBe(message);
  });
});
