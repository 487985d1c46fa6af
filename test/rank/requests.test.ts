import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/compiler/diagnostics/index.js";
import { runRank, type RankCall } from "../../src/cli/commands/rank/run.js";
import { rankText } from "../../src/cli/commands/rank/view.js";
import { type RankedRequest, rankJson } from "../../src/runtime/rank/index.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-requests-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const spec = write(
  "page.mtl",
  `model page
signals { s: number >= 0 }
attributes { brand: text? }
request { hour: number missing 12, user: text missing "nobody" }
fusion score = s * if(hour < 6, 2, 1) * if(user == "u1", 3, 1)
rules home { spread brands at most 1 of brand in 3 }
rank feed = top 5 by score with home
`,
);

interface Ranked {
  readonly answers: readonly RankedRequest[];
  readonly warnings: readonly Diagnostic[];
}

async function rankLines(lines: readonly unknown[], call: Partial<RankCall> = {}): Promise<Ranked> {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  return rankFile(write("lines.jsonl", `${text}\n`), call);
}

async function rankFile(file: string, call: Partial<RankCall> = {}): Promise<Ranked> {
  const [answers, warnings]: [RankedRequest[], Diagnostic[]] = [[], []];
  const onWarning = (warning: Diagnostic): void => void warnings.push(warning);
  for await (const answer of runRank({ source: spec, files: [file], explain: false, onWarning, ...call }, 0))
    answers.push(answer);
  return { answers, warnings };
}

const shown = ({ answers }: Ranked): readonly string[] =>
  answers.map((answer) =>
    answer.kind === "refused"
      ? `${answer.request}: ${answer.diagnostic.code} ${answer.input ?? ""}`
      : `${answer.request}: ${answer.list.items.map(({ id, score }) => `${id} ${score}`).join(", ")}`,
  );

const [a, b] = [
  { id: "a", s: 1 },
  { id: "b", s: 2 },
];

describe("a line that is a whole request", () => {
  it("provides its values in `values`", async () => {
    const found = await rankLines([
      { request: "q", values: { hour: 3 }, candidates: [a, b] },
      { request: 7, values: { hour: 3, user: "u1" }, candidates: [a] },
      { candidates: [a] },
    ]);
    expect(shown(found)).toEqual(["q: b 4, a 2", "7: a 6", "3: a 1"]);
  });

  it("is refused by the name of what is wrong with it, and the next one is answered", async () => {
    const faults: readonly (readonly [unknown, string])[] = [
      [{ request: { hour: 3 }, candidates: [a] }, "MTL7512 request"],
      [{ request: ["q"], candidates: [a] }, "MTL7512 request"],
      [{ request: true, candidates: [a] }, "MTL7512 request"],
      [{ candidates: [1, null] }, "MTL7512 candidates"],
      [{ candidates: [[a]] }, "MTL7512 candidates"],
      [{ candidates: "a" }, "MTL7512 candidates"],
      [{ candidates: null }, "MTL7512 candidates"],
      [{ candidates: { a } }, "MTL7512 candidates"],
      [{ candidate: [a] }, "MTL7512 candidate"],
      [{ candidates: [a], tail: "x" }, "MTL7512 tail"],
      [{ candidates: [a], tail: [null, 5] }, "MTL7512 tail"],
      [{ candidates: [a], shown: [null] }, "MTL7512 shown"],
      [{ candidates: [a], page: 0 }, "MTL7512 page"],
      [{ candidates: [a], values: [3] }, "MTL7512 values"],
      [{ candidates: [a], values: { hour: "late" } }, "MTL7512 hour"],
      [{ candidates: [a], value: { hour: 3 } }, "MTL7512 value"],
      [{ candidates: [a], hour: 3 }, "MTL7512 hour"],
      [{ candidates: [a, { s: 2 }] }, "MTL7512 id"],
      [{ candidates: [a, { id: null, s: 2 }] }, "MTL7512 id"],
      [{ candidates: [a, { id: {}, s: 2 }] }, "MTL7512 id"],
      [{ candidates: [a, a] }, "MTL7513 id"],
      [{ candidates: [a, { id: "b", s: "n/a" }] }, "MTL7512 s"],
      [{ candidates: Array.from({ length: 10_001 }, (_, id) => ({ id, s: 1 })) }, "MTL7514 candidates"],
      ["not json", "MTL7518 "],
      ["[1]", "MTL7518 "],
    ];
    for (const [line, fault] of faults) {
      const found = shown(await rankLines([{ request: "before", candidates: [b] }, line, { candidates: [a] }]));
      expect(found, JSON.stringify(line).slice(0, 80)).toEqual([
        "before: b 2",
        expect.stringMatching(new RegExp(`: ${fault}$`)) as unknown,
        "3: a 1",
      ]);
    }
  });

  it("names `values` where they are in another place", async () => {
    const { answers } = await rankLines([{ request: { hour: 3 }, candidates: [a] }]);
    expect(rankJson(answers[0] as RankedRequest)).toMatchObject({
      request: "1",
      error: { code: "MTL7512", input: "request", message: expect.stringContaining("`values`") as unknown },
    });
    const misspelt = await rankLines([{ valeus: { hour: 3 }, candidates: [a] }]);
    expect(rankJson(misspelt.answers[0] as RankedRequest)).toMatchObject({
      error: { help: "did you mean `values`?" },
    });
  });
});

describe("rows of requests", () => {
  it("of which one is wrong do not keep the others from their answers", async () => {
    const lines = ["request,id,s", "r1,a,3", "r1,b,n/a", "r2,a,3", "r2,a,4", "r3,a,5", ""];
    const found = await rankFile(write("poison.csv", lines.join("\n")));
    expect(shown(found)).toEqual(["r1: MTL7512 s", "r2: MTL7513 id", "r3: a 5"]);
    expect(found.answers.map((each) => rankText(each, "human"))[0]).toBe(
      "r1 · feed: no list\n  error[MTL7512]: `s` of candidate `b` of request `r1` is of the wrong type; expected a number >= 0\n\n",
    );
    expect(rankJson(found.answers[0] as RankedRequest)).toMatchObject({
      request: "r1",
      error: { code: "MTL7512", id: "b", input: "s" },
    });
  });

  it("over the limit are refused, and the next request is answered", async () => {
    const rows = Array.from({ length: 10_050 }, (_, i) => `long,${i},1`);
    const found = await rankFile(write("long.csv", ["request,id,s", ...rows, "short,a,1", ""].join("\n")));
    expect(shown(found)).toEqual(["long: MTL7514 candidates", "short: a 1"]);
  });

  it("keep the first of two candidates of one identifier, where that is asked for", async () => {
    const file = write("twice.csv", "request,id,s\nr1,a,1\nr1,b,2\nr1,a,3\n");
    const { answers } = await rankFile(file);
    expect(rankText(answers[0] as RankedRequest, "human")).toMatch(/--id.*--duplicates first/);
    const kept = await rankFile(file, { duplicates: "first" });
    expect(shown(kept)).toEqual(["r1: b 2, a 1"]);
    expect(rankText(kept.answers[0] as RankedRequest, "human")).toContain("came again, the first stays: a");
    expect(rankJson(kept.answers[0] as RankedRequest)).toMatchObject({ duplicates: ["a"] });
  });

  it("agree on the values of their request", async () => {
    const file = (name: string, hours: readonly number[]): string =>
      write(name, `request,id,s,hour\n${hours.map((hour, i) => `r1,c${i},1,${hour}\n`).join("")}`);
    expect(shown(await rankFile(file("agree.csv", [3, 3])))).toEqual(["r1: c0 2, c1 2"]);
    const { answers } = await rankFile(file("differ.csv", [3, 4]));
    expect(shown({ answers, warnings: [] })).toEqual(["r1: MTL7523 hour"]);
  });
});

describe("a store", () => {
  const capped = write(
    "capped.mtl",
    `model capped
signals { s: number >= 0 }
attributes { item: text }
fusion score = s
rules home { cap shown at most 3 of item per day }
rank feed = top 1 by score with home
`,
  );
  const lines = Array.from({ length: 5 }, (_, request) => ({
    request,
    candidates: [
      { id: "x", item: "x", s: 2 },
      { id: "y", item: "y", s: 1 },
    ],
  }));
  const count = ({ answers }: Ranked, id: string): number =>
    answers.filter((each) => each.kind === "ranked" && each.list.items[0]?.id === id).length;

  it("has its permits spent, from one run to the next, and gets back what was not", async () => {
    const store = join(folder, "permits.db");
    const now = new Date(Date.now()).toISOString().slice(0, 19);
    const [first, second] = [
      await rankLines(lines, { source: capped, store, at: now }),
      await rankLines(lines, { source: capped, store, at: now }),
    ];
    expect([count(first, "x"), count(first, "y")]).toEqual([3, 2]);
    expect([count(second, "x"), count(second, "y")]).toEqual([0, 1]);
    // Another day has permits of its own; without a store nothing is held back.
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 19);
    expect(count(await rankLines(lines, { source: capped, store, at: tomorrow }), "x")).toBe(3);
    expect(count(await rankLines(lines, { source: capped, at: now }), "x")).toBe(5);
  });

  it("that cannot be reached is said before anything is ranked", async () => {
    await expect(rankLines(lines, { source: capped, store: join(folder, "none/permits.db") })).rejects.toThrow(
      "MTL7531",
    );
    await expect(rankLines(lines, { source: capped, store: "postgres://x" })).rejects.toThrow("MTL7533");
  });
});

describe("names that nothing reads", () => {
  it("are told once, with what was meant", async () => {
    const wrong = { id: "a", s: 1, brnad: "x" };
    const request = { values: { huor: 3, profile: 1 }, candidates: [wrong, { ...wrong, id: "b" }] };
    const { answers, warnings } = await rankLines([request, request]);
    expect(answers.map(({ kind }) => kind)).toEqual(["ranked", "ranked"]);
    expect(warnings.map(({ code, message }) => `${code} ${message}`)).toEqual([
      "MTL7521 nothing reads `brnad` of the candidates of request `1`; did you mean `brand`?",
      "MTL7521 nothing reads `huor` of the values of request `1`; did you mean `hour`?",
      "MTL7521 nothing reads `profile` of the values of request `1`",
    ]);
  });

  it("are no matter beside the name that is meant", async () => {
    const { warnings } = await rankLines([{ candidates: [{ id: "a", s: 1, brand: "x", brand2: "y", color: "red" }] }]);
    expect(warnings).toEqual([]);
  });
});

it("shows line breaks and escape sequences of identifiers as escapes", async () => {
  const id = "a\u001B[2J\nb\u202E";
  const { answers } = await rankLines(
    [
      { request: id, candidates: [{ id, s: 1 }] },
      { request: id, candidates: [{ id, s: "\u001B" }] },
    ],
    {
      explain: true,
    },
  );
  const text = answers.map((each) => rankText(each, "human")).join("");
  expect(text).toContain("a\\u{1B}[2J\\nb\\u{202E}");
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/);
  expect((rankJson(answers[0] as RankedRequest) as { items: { id: string }[] }).items[0]?.id).toBe(id);
});
