import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { format } from "prettier";
import { runMigrate } from "../../src/cli/commands/migrate/run.js";
import { createLanguage } from "../../src/compiler/semantics/index.js";
import { layers } from "../../src/compiler/builtins/index.js";
import * as plugin from "../../src/prettier.js";
import { createWorkspace } from "../../src/server/workspace.js";
import { collectDiagnostics } from "../../src/server/publish.js";
import { createTestRuns } from "../../src/server/test-runs.js";
import { nodeDisk } from "../../src/server/node/disk.js";
import { formattingOf } from "../../src/server/features/formatting.js";
import { runCli } from "./run-cli.js";

const root = mkdtempSync(join(tmpdir(), "mtlc-project-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const spec = `model shop

import "common.mtl"

labels { click: event }

input x = [age]
tower t = mlp(x, [8])
task  ctr: P(click) = sigmoid(logit(t))

loss { ctr: bce }
`;

const write = (path: string, text: string): void => writeFileSync(join(root, path), text);
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const project = (value: unknown): void => write("mtlc.json", JSON.stringify(value));
const mtlc = (...words: string[]) => runCli(words, { cwd: root });

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, "specs/deep"), { recursive: true });
  mkdirSync(join(root, "lib"), { recursive: true });
  write("specs/deep/shop.mtl", spec);
  write("lib/common.mtl", "features { age: numeric, size: numeric }\n");
  project({ paths: ["specs", "lib"] });
});

describe("the project file", () => {
  it("says where specs and imports are, from any folder below it", async () => {
    const above = await mtlc("check");
    expect(above).toMatchObject({ code: 0, err: "" });
    expect(above.out).toContain("feature `size` is never read");
    expect((await runCli(["check", "shop.mtl"], { cwd: join(root, "specs/deep") })).code).toBe(0);
    project({ paths: ["specs"] });
    expect((await mtlc("check")).out).toContain("MTL2020");
  });

  it("is needed by a command without arguments", async () => {
    rmSync(join(root, "mtlc.json"));
    const result = await mtlc("check");
    expect(result.code).toBe(2);
    expect(result.err).toContain("put an `mtlc.json` with `paths` into its folder");
  });

  it("turns warnings off, and into errors", async () => {
    project({ paths: ["specs", "lib"], severities: { MTL6001: "off" } });
    expect((await mtlc("check")).out).toBe("no problems in 2 specs\n");
    project({ paths: ["specs", "lib"], severities: { MTL6001: "error" } });
    const result = await mtlc("check");
    expect(result.code).toBe(1);
    expect(result.out).toContain("error[MTL6001]");
  });

  it("denies warnings, unless the command line says otherwise", async () => {
    expect((await mtlc("check", "--deny", "warnings")).code).toBe(1);
    project({ paths: ["specs", "lib"], denyWarnings: true });
    const result = await mtlc("check");
    expect(result.code).toBe(1);
    expect(result.out).toContain("error[MTL8052]: a warning is denied by `denyWarnings` in `mtlc.json`");
    expect((await mtlc("check", "--deny", "none")).code).toBe(0);
    for (const words of [["train", "specs/deep/shop.mtl", "-o", "out"], ["compile", "specs/deep/shop.mtl"], ["test"]]) {
      const refused = await mtlc(...words);
      expect(refused.code, words[0]).toBe(1);
      expect(refused.err).toContain("MTL8052");
    }
  });

  describe("says how severe warnings about data are", () => {
    const severe = (severities: Readonly<Record<string, string>>): void => project({ severities });
    const fails = async (code: string, ...words: string[]): Promise<void> => {
      const result = await mtlc(...words);
      expect([words[0], result.code]).toEqual([words[0], 1]);
      expect(result.err).toContain(`error[${code}]`);
    };
    const train = ["train", "m.mtl", "-o", "out", "--engine", "cpu"];

    beforeEach(() => {
      severe({});
      const row = (i: number): string => `u${i % 5},7,${i % 2},${i % 4 === 0 && i % 2 === 1 ? 1 : 0}`;
      const rows = Array.from({ length: 60 }, (_, i) => row(i));
      write("day1.csv", `user,flat,click,buy\n${rows.join("\n")}\n`);
      write("day2.csv", "user,flat,click,buy\nnew1,7,1,0\nnew2,7,0,1\nnew3,7,1,1\n");
      write(
        "m.mtl",
        `model m
data { train: "day1.csv" }
features {
  user: categorical(embed: 2)
  flat: numeric
}
labels {
  click: event
  buy: event within click
}
task ctr: P(click) = sigmoid(logit([user, flat]))
loss { ctr: bce }
`,
      );
    });

    it("to train", async () => {
      const warned = await mtlc(...train);
      expect(warned).toMatchObject({ code: 0 });
      expect(warned.err).toContain("warning[MTL7148]");
      severe({ "constant-feature": "off" });
      const hidden = await mtlc(...train);
      expect(hidden).toMatchObject({ code: 0 });
      expect(hidden.err).not.toContain("MTL7148");
      rmSync(join(root, "out"), { recursive: true });
      severe({ "constant-feature": "error" });
      await fails("MTL7148", ...train);
      expect(existsSync(join(root, "out"))).toBe(false);
    });

    it("to eval, predict and data, by the project of the spec that was trained", async () => {
      expect((await mtlc(...train)).code).toBe(0);
      const commands = {
        eval: ["eval", "out", "--test", "day2.csv", "--engine", "cpu"],
        predict: ["predict", "out", "day2.csv", "-o", "p.csv", "--engine", "cpu"],
        data: ["data", "m.mtl", "--test", "day2.csv"],
      };
      expect((await mtlc(...commands.eval)).err).toMatch(/warning\[MTL7108\][^]*warning\[MTL7149\]/);
      severe({ MTL7108: "off", MTL7149: "error" });
      const { code, err, out } = await mtlc(...commands.eval);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toContain("error[MTL7149]");
      expect(err).not.toContain("MTL7108");
      expect((await mtlc(...commands.predict)).err).not.toContain("MTL7108");
      rmSync(join(root, "p.csv"));
      severe({ MTL7108: "error" });
      await fails("MTL7108", ...commands.predict);
      expect(existsSync(join(root, "p.csv"))).toBe(false);
      const profile = await mtlc(...commands.data);
      expect(profile.code).toBe(1);
      expect(profile.out).toContain("error[MTL7108]");
      expect(profile.out).toContain("test: 3 rows");
    });
  });

  it("that is wrong is one error with its line", async () => {
    write("mtlc.json", '{\n  "paths": ["specs"],\n  "formater": {}\n}\n');
    const result = await mtlc("check");
    expect(result.code).toBe(1);
    expect(result.err).toContain("MTL8051");
    expect(result.err).toContain('3│   "formater": {}');
    write("mtlc.json", "{ paths }");
    expect((await mtlc("fmt", "--check")).err).toContain("MTL8050");
  });

  it("has one width for fmt, the editor and Prettier, and the command line's goes before it", async () => {
    const line = "tower deep = mlp([x, x, x], [128, 64, 32], activation: relu, dropout: 0.1)\n";
    write("lib/common.mtl", line);
    project({ paths: ["lib"], formatter: { width: 50 } });
    expect((await mtlc("fmt", "--check", "--width", "100")).code).toBe(0);
    expect((await mtlc("fmt")).out).toBe("formatted lib/common.mtl\n");
    const formatted = read("lib/common.mtl");
    expect(formatted.split("\n").length).toBeGreaterThan(2);
    const path = join(root, "lib/common.mtl");
    expect(await format(line, { parser: "mtl", plugins: [plugin.plugin], filepath: path })).toBe(formatted);
    const workspace = createWorkspace(nodeDisk);
    workspace.open(path, line);
    const file = workspace.file(path);
    const edits = file === undefined ? [] : await formattingOf(file, { width: workspace.projects.width(path) });
    expect(edits.map(({ newText }) => newText)).toEqual([formatted]);
  });

  it("is shown by doctor", async () => {
    const { out } = await mtlc("doctor");
    expect(out).toMatch(/project +\S*mtlc\.json/);
  });
});

describe("the language server", () => {
  it("reads the same project, follows its changes, and shows what is wrong in it", () => {
    const path = join(root, "specs/deep/shop.mtl");
    const workspace = createWorkspace(nodeDisk);
    workspace.open(path, spec);
    const codes = (file = path): readonly unknown[] =>
      (collectDiagnostics(workspace, createTestRuns(), (each) => each).get(file) ?? []).map(({ code }) => code);
    expect(codes()).toEqual([]);
    project({ paths: ["specs"], severities: {} });
    expect(codes()).toContain("missing-import");
    const file = join(root, "mtlc.json");
    write("mtlc.json", '{ "paths": 3 }');
    workspace.compilation(path);
    expect(codes(file)).toEqual(["project-key"]);
    project({ paths: ["specs", "lib"] });
    expect(codes()).toEqual([]);
    expect(codes(file)).toEqual([]);
  });
});

/** A synthetic later edition, in which a layer has another name. */
const later = createLanguage({
  editions: [
    { edition: 2026, changes: [] },
    {
      edition: 2027,
      changes: [
        {
          summary: "a loss says its weight",
          rewrite: (file) =>
            file.declarations.flatMap((node) =>
              node.kind !== "Loss"
                ? []
                : node.entries.flatMap(({ value }) =>
                    value.kind === "NameExpression"
                      ? [{ span: { ...value.span, end: value.span.start }, newText: "1 * " }]
                      : [],
                  ),
            ),
        },
      ],
    },
  ],
  rows: layers.map((row) =>
    row.name === "mlp" ? { ...row, formerly: [{ name: "perceptron", since: 2026, removed: 2027 }] } : row,
  ),
});

describe("mtlc migrate", () => {
  const path = join(root, "specs/deep/shop.mtl");
  const old = `// The shop.\n\n// Its model,\n/// documented.\n${spec.replace("mlp(x, [8])", "perceptron(x,   [8]) // as it was")}`;
  const modes = { check: false, diff: false };

  it("sets the edition, once, and keeps comments and layout", async () => {
    write("specs/deep/shop.mtl", old.replace("perceptron", "mlp"));
    expect(await mtlc("migrate", "--check")).toMatchObject({
      code: 1,
      out: "would change specs/deep/shop.mtl\nwould change lib/common.mtl\n",
    });
    const { out } = await mtlc("migrate", "--diff", "specs");
    expect(out).toContain("+edition: 2026\n");
    expect(read("specs/deep/shop.mtl")).not.toContain("edition");
    expect((await mtlc("migrate")).code).toBe(0);
    expect(read("specs/deep/shop.mtl")).toBe(
      old.replace("perceptron", "mlp").replace("// Its model", "edition: 2026\n\n// Its model"),
    );
    expect(await mtlc("migrate", "--check")).toMatchObject({ code: 0, out: "2 files of the edition 2026 already\n" });
  });

  it("writes current words, applies the edition's rewrites, and is done after once", async () => {
    write("specs/deep/shop.mtl", `edition: 2026\n${old}`);
    const first = await runMigrate([path], modes, later);
    expect(first.result.diagnostics).toEqual([]);
    expect(first.exitCode).toBe(0);
    const expected = `edition: 2027\n${old}`.replace("perceptron(", "mlp(").replace("ctr: bce", "ctr: 1 * bce");
    expect(read("specs/deep/shop.mtl")).toBe(expected);
    const second = await runMigrate([path], { check: true, diff: false }, later);
    expect(second.exitCode).toBe(0);
    expect(read("specs/deep/shop.mtl")).toBe(expected);
  });

  it("pins the release of the standard library that a file had", async () => {
    const withStd = createLanguage({
      editions: later.editions,
      std: new Map([...createLanguage().std, [2027, { mmoe: "tower t_ctr = mlp(x, [2])\n" }]]),
    });
    write("specs/deep/shop.mtl", "edition: 2026\n\nimport { mmoe } from std\n");
    await runMigrate([path], modes, withStd);
    expect(read("specs/deep/shop.mtl")).toBe("edition: 2027\n\nimport { mmoe } from std 2026\n");
  });

  it("leaves a file that does not parse, and one of an unknown edition", async () => {
    for (const [text, code] of [
      ["model m\ninput x = [", "MTL8053"],
      ["edition: 2031\nmodel m\n", "MTL1020"],
    ] as const) {
      write("specs/deep/shop.mtl", text);
      const { result, exitCode } = await runMigrate([path], modes, later);
      expect(result.diagnostics.map((each) => each.code)).toEqual([code]);
      expect(exitCode).toBe(1);
      expect(read("specs/deep/shop.mtl")).toBe(text);
    }
  });

  it("keeps the edition of a file with a word that nothing takes the place of", async () => {
    const gone = createLanguage({
      editions: later.editions,
      rows: [{ name: "mlp", deprecated: { since: 2026, removed: 2027, instead: "write it out" } }],
    });
    write("specs/deep/shop.mtl", spec);
    const text = `edition: 2026\n${spec}`;
    write("specs/deep/shop.mtl", text);
    const { result, exitCode } = await runMigrate([path], modes, gone);
    expect(result.diagnostics.map(({ code }) => code)).toEqual(["MTL1023"]);
    expect(exitCode).toBe(1);
    expect(read("specs/deep/shop.mtl")).toBe(text);
  });
});
