import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { drawCurves, drawHistograms, drawIntervals } from "../../bench/papers/charts.js";
import { papers } from "../../bench/papers/index.js";
import { handedOnFolder, openKeptRuns, workFolder } from "../../bench/papers/kept-runs.js";
import { drawCharts, type Paper, papersPage, remadePapersPage } from "../../bench/papers/report.js";
import { type PaperResults, readResults, resultsFolder } from "../../bench/papers/results.js";
import { root } from "./pages.js";

const reported = papers.flatMap((paper) => {
  const results = readResults(paper.name, root);
  return results === undefined ? [] : [{ paper, results }];
});

describe("docs/papers.md", () => {
  it("shows the tables of the results", async () => {
    const path = join(root, papersPage);
    await expect(await remadePapersPage(readFileSync(path, "utf8"), reported)).toMatchFileSnapshot(path);
  });

  it.each(reported)("shows the charts of $paper.name", async ({ paper, results }) => {
    for (const [file, svg] of await drawCharts(paper, paper.parts(results)))
      await expect(svg).toMatchFileSnapshot(join(root, "docs/images", file));
  });

  it("has an experiment for every file of results", () => {
    const folder = join(root, resultsFolder);
    const files = existsSync(folder) ? readdirSync(folder) : [];
    expect(reported.map(({ paper }) => `${paper.name}.json`).toSorted()).toEqual(files.toSorted());
  });
});

describe("a paper's report", () => {
  const paper: Paper<PaperResults<number>> = {
    name: "tried",
    parts: ({ runs }) => ({
      sum: {
        kind: "table",
        rows: [
          ["runs", "sum"],
          ["all | of them", String(runs.reduce((a, b) => a + b))],
        ],
      },
    }),
  };
  const results: PaperResults<number> = {
    experiment: "tried",
    form: "quick",
    command: "npm run bench -- tried",
    machine: "two cores",
    specs: { "specs/a.mtl": "0123456789abcdef" },
    options: {},
    runs: [1, 2, 4],
  };
  const page = (...parts: readonly string[]): string =>
    `# Tried\n\n${parts.map((part) => `<!-- ${part} -->\n\nold\n\n<!-- end -->\n`).join("\n")}`;

  it("replaces what is between its markers, and nothing else", async () => {
    const made = await remadePapersPage(page("tried: sum", "other: sum", "tried: run"), [{ paper, results }]);
    expect(made.match(/\bold\b/g)).toHaveLength(1);
    expect(made).toMatch(/\| all \\\| of them +\| +7 \|/);
    expect(made).toContain("`npm run bench -- tried`, 3 runs");
    expect(made).toContain("`specs/a.mtl` 0123456789ab");
    expect(await remadePapersPage(made, [{ paper, results }])).toBe(made);
  });

  it("says which marker is missing or unknown", async () => {
    await expect(remadePapersPage(page("tried: run"), [{ paper, results }])).rejects.toThrow(
      "no marker for tried: sum",
    );
    await expect(remadePapersPage(page("tried: run", "tried: some"), [{ paper, results }])).rejects.toThrow(
      "no part some",
    );
  });
});

describe("kept runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-papers-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const open = (key: unknown, fresh = false) => openKeptRuns<{ loss: number }>("tried", key, { fresh, root: folder });

  it("are made once under their key, also when the last line was cut", async () => {
    const kept = open({ steps: 1 });
    await kept.once("seed 1", async () => ({ loss: 0.25 }));
    await kept.once("seed 2", async () => ({ loss: 0.5 }));
    const [file = ""] = readdirSync(join(folder, workFolder("tried")));
    appendFileSync(join(folder, workFolder("tried"), file), '{"id":"seed 3","ru');
    for (let times = 0; times < 2; times++) {
      const again = open({ steps: 1 });
      expect(await again.once("seed 2", () => Promise.reject(new Error("made again")))).toEqual({ loss: 0.5 });
      expect(again.count).toBe(2 + times);
      expect(again.get("seed 3")?.loss).toBe(times === 0 ? undefined : 0.75);
      if (times === 0) again.add("seed 3", { loss: 0.75 });
    }
    expect(open({ steps: 2 }).count).toBe(0);
    expect(open({ steps: 1 }, true).count).toBe(0);
  });

  it("go on from those that were handed on", async () => {
    await open({ steps: 3 }).once("seed 1", async () => ({ loss: 0.25 }));
    const files = readdirSync(join(folder, workFolder("tried")));
    const own = files.filter((file) =>
      readFileSync(join(folder, workFolder("tried"), file), "utf8").includes("seed 1"),
    );
    const [file = ""] = own;
    mkdirSync(join(folder, handedOnFolder), { recursive: true });
    renameSync(join(folder, workFolder("tried"), file), join(folder, handedOnFolder, file.replace(/^runs-/, "tried-")));
    const again = open({ steps: 3 });
    expect(await again.once("seed 1", () => Promise.reject(new Error("made again")))).toEqual({ loss: 0.25 });
    again.add("seed 2", { loss: 0.5 });
    expect(open({ steps: 3 }).count).toBe(2);
    expect(open({ steps: 3 }, true).count).toBe(0);
  });
});

describe("the charts of papers", () => {
  it("have a band, a line and a colour for each series, and are the same each time", async () => {
    const points = (shift: number) =>
      [0, 1, 2].map((x) => ({ x, low: x + shift, mean: x + shift + 1, high: x + shift + 3 }));
    const chart = {
      xTitle: "steps",
      yTitle: "loss",
      panels: [
        { title: "p = 1", series: [{ name: "mmoe", points: points(0) }] },
        { title: "p = 0.5", series: ["mmoe", "omoe"].map((name, i) => ({ name, points: points(i) })) },
      ],
    };
    const svg = await drawCurves(chart);
    for (const text of ["steps", "loss", "p = 1", "p = 0.5", "omoe"]) expect(svg).toContain(`>${text}<`);
    expect(svg.match(/fill-opacity="0.18"/g)).toHaveLength(3);
    expect(await drawCurves(chart)).toBe(svg);
  });

  it("count values by bin, the largest in the last", async () => {
    const series = [{ name: "a", values: [0, 0.1, 0.2, 1] }];
    const svg = await drawHistograms({ xTitle: "loss", yTitle: "runs", bins: 2, panels: [{ title: "t", series }] });
    // Pixels from the top: three runs in the first bin, one in the second, none to either side.
    const outline = /d="(M[^"]*L[^"]*Z)"/.exec(svg)?.[1] ?? "";
    const heights = [...outline.matchAll(/L[\d.]+,([\d.]+)/g)].map(([, y]) => Math.round(Number(y)));
    expect([...new Set(heights)]).toEqual([220, 0, Math.round((220 * 2) / 3)]);
  });

  it("put a dot into each interval, in the order of the names", async () => {
    const series = ["BASE", "ESMM"].map((name, i) => ({ name, low: i, mean: i + 0.5, high: i + 1 }));
    const svg = await drawIntervals({ xTitle: "AUC", panels: [{ title: "CVR", series }] });
    expect(svg.indexOf(">BASE<")).toBeLessThan(svg.indexOf(">ESMM<"));
    expect(svg.match(/mark-rule role-mark/g)).toHaveLength(1);
  });
});
