import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { renderPretty } from "../../src/compiler/diagnostics/index.js";
import { createMemoryHost } from "../../src/compiler/host.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { runTest } from "../../src/compiler/serving/index.js";
import { runTestsCommand } from "../../src/server/protocol.js";
import { runCli } from "../cli/run-cli.js";

const extension = resolve(import.meta.dirname, "../../editors/vscode");

interface Pattern {
  readonly regexp: string;
  readonly [part: string]: string | number;
}

interface Matcher {
  readonly name: string;
  readonly base?: string;
  readonly pattern?: readonly Pattern[];
}

interface Step {
  readonly description: string;
  readonly media: { readonly image?: string; readonly markdown?: string };
  readonly completionEvents: readonly string[];
}

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly problemMatchers: readonly Matcher[];
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[];
    readonly taskDefinitions: readonly {
      readonly properties: { readonly command: { readonly enum: readonly string[] } };
    }[];
  };
}

const { contributes } = JSON.parse(readFileSync(join(extension, "package.json"), "utf8")) as Manifest;
const starter = readFileSync(join(extension, "starter.mtl"), "utf8");

/** What a matcher makes of some output, as VS Code reads it: each pattern on the line after the one before. */
function problemsIn(output: string, name: string): readonly Readonly<Record<string, string>>[] {
  const patterns = contributes.problemMatchers.find((matcher) => matcher.name === name)?.pattern ?? [];
  // VS Code takes colours out of a line before it looks at it.
  const lines = stripVTControlCharacters(output).split("\n");
  return lines.flatMap((_, first) => {
    const found: Record<string, string> = {};
    for (const [i, { regexp, ...parts }] of patterns.entries()) {
      const match = new RegExp(regexp).exec(lines[first + i] ?? "");
      if (match === null) return [];
      for (const [part, group] of Object.entries(parts)) found[part] = match[Number(group)] ?? "";
    }
    return [found];
  });
}

function diagnosticsOf(text: string, color: boolean): string {
  const { diagnostics, sources } = compileSpec("specs/a b.mtl", createMemoryHost({ "specs/a b.mtl": text }));
  return renderPretty(diagnostics, sources, { color });
}

describe("problem matchers", () => {
  it.each([false, true])("find what mtlc says, with colours: %s", (color) => {
    const text = starter.replace("over pool", "over pol").replace("bce", "bcee");
    expect(problemsIn(diagnosticsOf(text, color), "mtlc")).toEqual([
      {
        severity: "error",
        code: "MTL2001",
        message: "no pool of experts is called `pol`; did you mean `pool`?",
        file: "specs/a b.mtl",
        line: "19",
        column: "35",
      },
      expect.objectContaining({ severity: "error", message: expect.stringContaining("bcee"), line: "29" }),
    ]);
  });

  it("find each diagnostic of a spec once, second places left out", () => {
    const text = starter.replace("input x", "input t_ctr = [price]\ninput x");
    const output = diagnosticsOf(text, false);
    const { diagnostics } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": text }));
    expect(problemsIn(output, "mtlc")).toHaveLength(diagnostics.length);
    expect(diagnostics.length).toBeGreaterThan(0);
  });

  it("have a base that is there", () => {
    const names = contributes.problemMatchers.map(({ name }) => `$${name}`);
    for (const { base, pattern } of contributes.problemMatchers)
      expect(pattern !== undefined || names.includes(base ?? "")).toBe(true);
  });
});

describe("the matcher of tests", () => {
  it("finds where expectations failed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mtl-tasks-"));
    const file = join(folder, "a b.mtl");
    writeFileSync(file, starter.replace("page == [rich, plain]", "page == [plain, rich]"));
    const { out } = await runCli(["test", file]);
    rmSync(folder, { recursive: true });
    expect(problemsIn(out, "mtlc-test")).toEqual([{ message: "the margin decides between equals", file, line: "49" }]);
  });
});

describe("the spec to look around in", () => {
  it("has no problems, and its tests pass", () => {
    const { model, diagnostics } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": starter }));
    expect(diagnostics).toEqual([]);
    const serving = model?.serving;
    if (serving === undefined) throw new Error("it ranks nothing");
    expect((model?.tests ?? []).map((test) => runTest(serving, test).passed)).toEqual([true]);
  });
});

describe("what the extension contributes", () => {
  const own = new Set([...contributes.commands.map(({ command }) => command), runTestsCommand]);

  it("has a program for each command, and a command for each menu and walkthrough", () => {
    const sources = ["session.ts", "drawing.ts", "new-spec.ts"]
      .map((file) => readFileSync(join(extension, "src", file), "utf8"))
      .join("");
    for (const { command } of contributes.commands) expect(sources).toContain(`"${command}"`);
    const steps = contributes.walkthroughs.flatMap((each) => each.steps);
    const named = [
      ...Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command)),
      ...steps.flatMap(({ description }) => [...description.matchAll(/command:([\w.]+)/g)].map((match) => match[1])),
      ...steps.flatMap(({ completionEvents }) => completionEvents.map((event) => /onCommand:(.*)/.exec(event)?.[1])),
    ];
    const missing = named.filter((name) => name?.startsWith("mtl.") === true && !own.has(name));
    expect(missing).toEqual([]);
    expect(named.some((name) => name === "mtl.showDrawing")).toBe(true);
  });

  it("shows pictures and pages that exist", () => {
    for (const { media } of contributes.walkthroughs.flatMap((each) => each.steps))
      expect(existsSync(join(extension, media.image ?? media.markdown ?? ""))).toBe(true);
  });

  it("offers tasks for commands that mtlc has", async () => {
    const { out } = await runCli(["--help"]);
    for (const command of contributes.taskDefinitions[0]?.properties.command.enum ?? [])
      expect(out).toMatch(new RegExp(`^ +${command} `, "m"));
  });
});

describe("npm run try-editor", () => {
  it("says all that it needs where there is nothing", () => {
    const root = resolve(import.meta.dirname, "../..");
    const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts", "try-editor.mjs")], {
      encoding: "utf8",
      env: { PATH: "", MTLC_TRY_EDITOR: join(tmpdir(), "there is no such folder") },
    });
    expect(status).toBe(1);
    expect(stderr).toContain("no Chromium in PATH: `apt install chromium`, or set CHROMIUM to one");
    expect(stderr).toMatch(/no code-server [\d.]+ in .*: `npm run try-editor -- --install`/);
  });
});
