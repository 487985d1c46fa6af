import { describe, expect, it } from "vitest";
import {
  createDiagnostic,
  displayWidth,
  renderFooter,
  renderJson,
  renderPretty,
  toDiagnosticJson,
  type Diagnostic,
} from "../../src/compiler/diagnostics/index.js";
import { createSourceFile, type SourceFile, type Span } from "../../src/compiler/text/index.js";

const source = createSourceFile(
  "specs/feed.mtl",
  "model feed\n\nchain wrong = ctr * ctcvr\ntower t = mlp(\n  x,\n  [3]\n)\nchain 数据 = \t\té + 𝒳🎉 ok\n",
);
const other = createSourceFile("specs/base.mtl", "\n\nbottom base = mlp(x)\n");
const sources: ReadonlyMap<string, SourceFile> = new Map([source, other].map((file) => [file.path, file]));

/** The place of a word of a file. */
function at(word: string, file: SourceFile = source): Span {
  const start = file.text.indexOf(word);
  expect(start).toBeGreaterThanOrEqual(0);
  return { file: file.path, start, end: start + word.length };
}

function diagnostic(parts: Partial<Diagnostic>): Diagnostic {
  return {
    code: "MTL4003",
    severity: "error",
    message: "this product is not the probability of an event",
    span: at("ctr"),
    caption: "",
    labels: [],
    notes: [],
    fixes: [],
    ...parts,
  };
}

const shown = (parts: Partial<Diagnostic>, width = 100): string =>
  renderPretty([diagnostic(parts)], sources, { width }).replace(/^.*\n/, "");

describe("the text form", () => {
  it("shows the line, carets, labels, notes and help", () => {
    const text = renderPretty(
      [
        diagnostic({
          caption: "P(click)",
          labels: [{ span: at("ctcvr"), message: "P(buy)" }],
          notes: ["P(click) can be continued by P(… | click); `cvr` is P(buy | click)"],
          help: "write `ctr * cvr`",
        }),
      ],
      sources,
    );
    expect(text).toBe(`error[MTL4003]: this product is not the probability of an event
  ┌─ specs/feed.mtl:3:15
  │
 3│ chain wrong = ctr * ctcvr
  │               ^^^   ----- P(buy)
  │               P(click)
  = P(click) can be continued by P(… | click); \`cvr\` is P(buy | click)
  = help: write \`ctr * cvr\`
`);
  });

  it("hangs the messages of several labels on bars", () => {
    const labels = [
      { span: at("ctcvr"), message: "last" },
      { span: at("wrong"), message: "first" },
    ];
    expect(shown({ caption: "middle", labels })).toBe(`  ┌─ specs/feed.mtl:3:15
  │
 3│ chain wrong = ctr * ctcvr
  │       -----   ^^^   ----- last
  │       │       middle
  │       first
`);
  });

  it("keeps carets under wide characters, marks and tabs", () => {
    const rows = shown({ span: at("ok"), labels: [{ span: at("𝒳🎉"), message: "" }] }).split("\n");
    const line = rows[2] ?? "";
    const carets = rows[3] ?? "";
    expect(line).not.toContain("\t");
    expect(displayWidth(carets.slice(0, carets.indexOf("^")))).toBe(displayWidth(line.slice(0, line.indexOf("ok"))));
    expect(displayWidth(carets.slice(0, carets.indexOf("-")))).toBe(displayWidth(line.slice(0, line.indexOf("𝒳"))));
    expect(carets).toMatch(/ --- \^\^$/);
  });

  it("marks the first and the last line of a place that spans several", () => {
    const span = { ...at("mlp("), end: source.text.indexOf(")\nchain") + 1 };
    expect(shown({ span, caption: "all of it" })).toBe(`  ┌─ specs/feed.mtl:4:11
  │
 4│ tower t = mlp(
  │           ^^^^
  ·
 7│ )
  │ ^ all of it
`);
  });

  it("shows the line between two that are near, and dots between two that are far", () => {
    expect(shown({ labels: [{ span: at("feed"), message: "named here" }] })).toBe(`  ┌─ specs/feed.mtl:3:15
  │
 1│ model feed
  │       ---- named here
 2│
 3│ chain wrong = ctr * ctcvr
  │               ^^^
`);
    expect(shown({ labels: [{ span: at("数据"), message: "" }] })).toContain("\n  ·\n 8│");
  });

  it("shows other files under their own name", () => {
    expect(shown({ labels: [{ span: at("base", other), message: "declared here" }] })).toBe(`  ┌─ specs/feed.mtl:3:15
  │
 3│ chain wrong = ctr * ctcvr
  │               ^^^
  ├─ specs/base.mtl:3:8
  │
 3│ bottom base = mlp(x)
  │        ---- declared here
`);
  });

  it("puts one caret at an empty place, the end of the file included", () => {
    const end = source.text.length;
    expect(shown({ span: { file: source.path, start: end, end } })).toBe("  ┌─ specs/feed.mtl:9:1\n  │\n 9│\n  │ ^\n");
  });

  it("cuts long lines around the place", () => {
    const long = createSourceFile("long.mtl", `${"a, ".repeat(100)}here${" ,b".repeat(100)}`);
    const text = renderPretty([diagnostic({ span: at("here", long) })], new Map([[long.path, long]]), { width: 60 });
    const [, , , line = "", carets = ""] = text.split("\n");
    expect(line).toMatch(/^ 1│ ….*a, here ,b.*…$/);
    expect(displayWidth(line)).toBeLessThanOrEqual(60);
    expect(carets.indexOf("^^^^")).toBe(line.indexOf("here"));
  });

  it("widens the margin for long line numbers", () => {
    const long = createSourceFile("long.mtl", `${"\n".repeat(1233)}here`);
    const text = renderPretty([diagnostic({ span: at("here", long) })], new Map([[long.path, long]]));
    expect(text).toContain("\n    ┌─ long.mtl:1234:1\n    │\n1234│ here\n    │ ^^^^\n");
  });

  it("lets nothing of a spec steer the terminal", () => {
    const hostile = createSourceFile("h.mtl", "a \u001B[31m\u202E b");
    const text = renderPretty(
      [diagnostic({ span: at("a", hostile), message: "bad \u001B[2J", notes: ["\u0007"], help: "\u009B1m" })],
      new Map([[hostile.path, hostile]]),
    );
    // oxlint-disable-next-line no-control-regex -- that there are none is the point
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
  });

  it("says what it can about places that it does not have", () => {
    expect(shown({ span: { file: "gone.mtl", start: 3, end: 4 } })).toBe("  ┌─ gone.mtl\n");
    expect(shown({ span: { file: "", start: 0, end: 0 }, help: "try" })).toBe("  = help: try\n");
  });

  it("is coloured only when asked, and says the same then", () => {
    const parts = [diagnostic({ caption: "here", help: "try" }), diagnostic({ severity: "warning" })];
    const plain = renderPretty(parts, sources);
    const coloured = renderPretty(parts, sources, { color: true });
    // oxlint-disable-next-line no-control-regex -- ANSI escapes
    const escapes = /\u001B\[[\d;]*m/g;
    expect(plain).not.toMatch(escapes);
    expect(coloured).toMatch(escapes);
    expect(coloured.replace(escapes, "")).toBe(plain);
  });
});

describe("the footer", () => {
  const inFile = (file: string, severity: Diagnostic["severity"]): Diagnostic =>
    diagnostic({ severity, span: { file, start: 0, end: 0 } });

  it.each([
    [[], ""],
    [[inFile("a", "error")], "1 error in 1 file"],
    [[inFile("a", "error"), inFile("b", "error"), inFile("c", "warning")], "2 errors, 1 warning in 3 files"],
    [[inFile("a", "warning"), inFile("a", "warning")], "2 warnings in 1 file"],
    [[inFile("a", "info")], "1 note in 1 file"],
    [[inFile("", "error")], "1 error"],
  ])("%#: %j", (diagnostics, text) => {
    expect(renderFooter(diagnostics)).toBe(text);
  });
});

describe("the JSON form", () => {
  const full = diagnostic({
    caption: "P(click)",
    labels: [{ span: at("base", other), message: "declared here" }],
    notes: ["a note"],
    help: "write `cvr`",
    fixes: [{ title: "use `cvr`", edits: [{ span: at("ctcvr"), newText: "cvr" }] }],
  });

  it("has locations as lines and columns", () => {
    expect(toDiagnosticJson(full, sources)).toEqual({
      code: "MTL4003",
      slug: "not-a-probability",
      severity: "error",
      message: "this product is not the probability of an event",
      file: "specs/feed.mtl",
      line: 3,
      column: 15,
      endLine: 3,
      endColumn: 18,
      caption: "P(click)",
      labels: [{ file: "specs/base.mtl", line: 3, column: 8, endLine: 3, endColumn: 12, message: "declared here" }],
      notes: ["a note"],
      help: "write `cvr`",
      fixes: [
        {
          title: "use `cvr`",
          safe: false,
          edits: [{ file: "specs/feed.mtl", line: 3, column: 21, endLine: 3, endColumn: 26, newText: "cvr" }],
        },
      ],
    });
  });

  it("is one document with counts", () => {
    const document: unknown = JSON.parse(renderJson([full, diagnostic({ severity: "warning" })], sources));
    expect(document).toMatchObject({
      format: "mtlc-diagnostics",
      version: 1,
      errors: 1,
      warnings: 1,
      infos: 0,
      filesWithDiagnostics: 1,
      diagnostics: [{ line: 3 }, { line: 3 }],
    });
  });

  it("leaves out places that it does not have", () => {
    const gone = toDiagnosticJson(diagnostic({ span: { file: "gone.mtl", start: 0, end: 1 } }), sources);
    expect(gone).toMatchObject({ file: "gone.mtl" });
    expect(gone).not.toHaveProperty("line");
    expect(toDiagnosticJson(diagnostic({ span: { file: "", start: 0, end: 0 } }), sources)).not.toHaveProperty("file");
  });
});

describe("a diagnostic of the catalogue", () => {
  it("has its severity and message from there", () => {
    const made = createDiagnostic("MTL1008", { close: ")" }, at("ctr"), { help: "take it away" });
    expect(made).toMatchObject({
      code: "MTL1008",
      severity: "error",
      message: "`)` has no opening bracket",
      caption: "",
      labels: [],
      help: "take it away",
    });
  });
});
