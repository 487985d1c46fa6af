import { defineCommand } from "../../command.js";
import { withDataInput } from "../../data-input.js";
import { omitUndefined, plural } from "../../../compiler/text/index.js";
import { Interrupted, withInterrupt } from "../../interrupt.js";
import type { Diagnostic } from "../../../compiler/diagnostics/index.js";
import { formatOption, predictEngineOption } from "../../shared-options.js";

export const rankVerb = defineCommand(
  {
    name: "rank",
    summary: "Turn files of candidates into ranked lists",
    about: [
      "Each request's candidates become one list, by the formula and the rules of the spec. With the directory of an artifact in place of the spec, its network scores the rows first. Rows of one request are contiguous; without a column that groups them, all rows are one request.",
      'A JSON line may also be a whole request: `{"request": "its name", "values": {…}, "candidates": [{…}, …]}`, where `values` holds the values of the request, `page` is the page asked for, and `tail` and `shown` describe the pages before it. docs/requests.md says what each holds.',
      "A request that is wrong has the error in the place of its list; the others are answered, and the exit code is 1. With `--format json`, one object per request, each on its line as soon as it is ranked.",
    ],
    positional: {
      name: "ARTIFACT|SPEC FILE",
      min: 2,
      max: Infinity,
      doc: "a spec or an artifact, and files of candidates: .jsonl, .csv, .tsv, .parquet; `-` is standard input",
    },
    options: {
      rank: { kind: "text", value: "NAME", doc: "ranking of the spec (default: its first)" },
      group: {
        kind: "text",
        value: "COLUMN",
        doc: "column that groups rows into requests (default: the spec's group, or `request`)",
      },
      id: {
        kind: "text",
        value: "COLUMN",
        doc: "column of identifiers (default: `id` or `item_id`, else the row's number)",
      },
      at: { kind: "text", value: "TIME", doc: "time of the requests, such as 2026-11-05T12:00:00Z (default: now)" },
      seed: { kind: "integer", value: "N", min: 0, max: 4_294_967_295, doc: "exploration seed (default: 0)" },
      experiment: {
        kind: "names",
        value: "NAME=ARM",
        doc: "arm to use instead of the one that the request's unit is assigned to",
      },
      store: {
        kind: "text",
        value: "STORE",
        doc: "where permits of caps and paces are kept, and spent: a .db file or redis://… (default: nothing is held back)",
      },
      duplicates: {
        kind: "choice",
        values: ["refuse", "first"],
        doc: "two candidates with one identifier: refuse the request, or keep the first (default: refuse)",
      },
      explain: { kind: "flag", doc: "what each rule did with each candidate" },
      engine: predictEngineOption,
      format: formatOption,
    },
    output: () => "stream",
    examples: [
      { line: "mtlc rank hall.mtl candidates.jsonl", does: "scores in, a page out" },
      {
        line: "mtlc rank out today.parquet --group request_id --format json",
        does: "raw features in, a JSON object per request out",
      },
      {
        line: "mtlc rank hall.mtl candidates.csv --at 2026-11-11 --explain",
        does: "as it would be on that day, and why",
      },
    ],
  },
  async ({ arguments: [source = "", ...files], options }, terminal) => {
    const [{ runRank, runRankLines }, { rankText, rankLine }, { showDiagnostics }] = await Promise.all([
      import("./run.js"),
      import("./view.js"),
      import("../../show-diagnostics.js"),
    ]);
    const { explain, format, rank, group, id, at, seed, experiment, engine, store, duplicates } = options;
    let refused = 0;
    const ended = await withInterrupt(async (signal) => {
      const given = omitUndefined({ ranking: rank, group, id, at, seed, experiment, engine, store, duplicates });
      const onWarning = (warning: Diagnostic): void => showDiagnostics(terminal, [warning]);
      const rankAll = async (rows: readonly string[]): Promise<void> => {
        const call = { source, files: rows, ...given, explain, signal, onWarning };
        const clock = Date.now() / 1000;
        if (format === "json" && !explain) {
          for await (const { json, isRefused } of runRankLines(call, clock)) {
            if (isRefused) refused++;
            terminal.out(rankLine(json));
          }
          return;
        }
        for await (const answer of runRank(call, clock)) {
          if (answer.kind === "refused") refused++;
          terminal.out(rankText(answer, format));
        }
      };
      await withDataInput(files, rankAll, { spec: source });
    });
    if (ended instanceof Interrupted) return ended.exitCode;
    if (refused > 0) terminal.err(`${plural(refused, "request")} not answered\n`);
    return refused === 0 ? 0 : 1;
  },
);
