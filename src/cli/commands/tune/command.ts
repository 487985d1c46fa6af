import { omitUndefined } from "../../../compiler/text/index.js";
import { createFailure } from "../../../runtime/failure.js";
import { tuneMethods } from "../../../runtime/tune/result.js";
import { defineCommand } from "../../command.js";
import { withDataInput } from "../../data-input.js";
import { interruptCode, Interrupted, withInterrupt } from "../../interrupt.js";
import { documentLine } from "../../documents.js";
import { formatOption, quietOption } from "../../shared-options.js";
import { show } from "../../show.js";

export const tuneVerb = defineCommand(
  {
    name: "tune",
    summary: "Search a formula's parameters on logged data",
    about: [
      "Reads candidates that were ranked before, with the scores that the formula reads and what became of them, and looks for values of `params` under which the formula orders them best. The proposal is a patch to the spec; `--write` applies it.",
      "An objective is a weighted sum of measures, such as `0.7 * gauc(click) + 0.3 * ndcg@10(value)`: auc, gauc, the metrics of lists (ndcg, map, mrr, hit_rate, precision, recall), mean and distinct of a column of the log. Several objectives give a Pareto front. Lists are built by the rules of the ranking, so that measures of a list, and guards such as `mean@10(is_new) >= 0.1`, see what people would see.",
      "An artifact scores the log with its network where the log has no column of a head. With `--time`, the latest requests are held out, without it a seeded share of the users, and the proposal is judged on them. Ctrl-C ends the search with the best so far.",
    ],
    positional: { name: "SPEC|ARTIFACT", min: 1, max: 1, doc: "spec, or directory that `mtlc train` wrote" },
    options: {
      log: { kind: "list", value: "FILE", doc: "logged candidates: CSV, TSV, Parquet or JSON lines; globs allowed" },
      objective: { kind: "list", value: "OBJECTIVE", doc: "what to maximize; several give a Pareto front" },
      guard: { kind: "list", value: "GUARD", doc: "constraint, such as `distinct@10(category) >= 4`" },
      method: {
        kind: "choice",
        values: tuneMethods,
        doc: "search method (default: cma-es; nsga2 for several objectives)",
      },
      label: { kind: "text", value: "COLUMN", doc: "target that `stacking` and `survey` fit" },
      rank: { kind: "text", value: "NAME", doc: "ranking whose formula is tuned" },
      fusion: { kind: "text", value: "NAME", doc: "formula that is tuned, without rules" },
      params: { kind: "names", value: "NAME", doc: "parameters that may move (default: all with a range)" },
      request: {
        kind: "text",
        value: "COLUMN",
        doc: "column that identifies the request (default: `group` of the spec's data, else `request`)",
      },
      user: {
        kind: "text",
        value: "COLUMN",
        doc: "column that identifies the user, the unit of confidence intervals (default: requests)",
      },
      time: {
        kind: "text",
        value: "COLUMN",
        doc: "time or day of a request: the latest are held out (default: some users are)",
      },
      holdout: { kind: "text", value: "SHARE", doc: "share of the requests or users that is held out (default: 0.2)" },
      budget: {
        kind: "integer",
        value: "N",
        min: 2,
        max: 1_000_000,
        doc: "number of formulas to evaluate (default: 300)",
      },
      seed: { kind: "integer", value: "N", min: 0, max: 2 ** 32 - 1, doc: "search seed (default: 1)" },
      pick: {
        kind: "integer",
        value: "N",
        min: 1,
        max: 1_000_000,
        doc: "point of the front to propose (default: the knee)",
      },
      jitter: {
        kind: "names",
        value: "PARAM=DEVIATION",
        doc: "how each logged request's parameters were drawn around the spec's, for `snips` and `ips`",
      },
      "min-ess": {
        kind: "integer",
        value: "N",
        min: 1,
        max: 1e9,
        doc: "effective requests an estimate needs (default: 100)",
      },
      "ask-tell": { kind: "flag", doc: "let an external optimizer drive, by JSON lines on standard input and output" },
      write: { kind: "flag", doc: "apply the patch to the spec" },
      plot: { kind: "text", value: "DIR", doc: "write front.svg and sensitivity.svg" },
      quiet: quietOption,
      format: formatOption,
    },
    output: (options) => (options["ask-tell"] ? "stream" : options.write ? "files" : "answer"),
    examples: [
      {
        line: 'mtlc tune feed.mtl --log day*.csv --request request_id --time day --objective "ndcg@10(value)"',
        does: "one objective, the last days held out",
      },
      {
        line: 'mtlc tune feed.mtl --log day*.csv --request request_id --objective "gauc(click)" "ndcg@10(value)" --plot out',
        does: "two objectives, with a picture of the front",
      },
      {
        line: 'mtlc tune feed.mtl --log day*.csv --request request_id --method stacking --label value --objective "ndcg(value)"',
        does: "exponents by regression",
      },
    ],
  },
  async ({ arguments: [spec = ""], options }, terminal) => {
    const [{ runAskTell, runTune }, { tuneView }, { createTuneProgress }] = await Promise.all([
      import("./run.js"),
      import("./view.js"),
      import("./progress.js"),
    ]);
    if (options.log === undefined) throw createFailure("MTL7557", { method: "tune", needs: "`--log FILE…`" });
    const progress = createTuneProgress(terminal, options.quiet);
    const { log, label, rank, fusion, params, request, user, time, method, pick, plot } = options;
    const command = {
      spec,
      log,
      objectives: options.objective ?? [],
      guards: options.guard ?? [],
      holdout: shareOf(options.holdout ?? "0.2"),
      budget: options.budget ?? 300,
      seed: options.seed ?? 1,
      floor: options["min-ess"] ?? 100,
      write: options.write,
      ...omitUndefined({ label, rank, fusion, params, request, user, time, method, pick, plot }),
      ...(options.jitter === undefined ? {} : { jitter: jitterOf(options.jitter) }),
      onEvent: progress.onEvent,
    };
    try {
      const outcome = await withInterrupt(async (signal) => {
        const ended = options["ask-tell"]
          ? await runAskTell({ ...command, signal }, (message) => terminal.out(documentLine("tune-line", message)))
          : await withDataInput(log, (rows) => runTune({ ...command, log: rows, signal }), { spec });
        return ended?.result.interrupted === true ? { ...ended, exitCode: interruptCode(signal) } : ended;
      });
      progress.close();
      if (outcome instanceof Interrupted) return outcome.exitCode;
      if (outcome === undefined) return 0;
      if (options["ask-tell"]) {
        terminal.out(documentLine("tune-line", { result: tuneView.json(outcome.result) }));
        return outcome.exitCode;
      }
      return show(terminal, options.format, tuneView, outcome);
    } finally {
      progress.close();
    }
  },
);

function shareOf(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw createFailure("MTL7564", { option: "--holdout", value: text, needs: "a share between 0 and 1, such as 0.2" });
}

function jitterOf(pairs: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    pairs.map((pair) => {
      const [name = "", text = ""] = pair.split("=");
      const deviation = Number(text);
      if (name !== "" && deviation > 0) return [name, deviation];
      const needs = "a parameter and its standard deviation, such as `alpha=0.05`";
      throw createFailure("MTL7564", { option: "--jitter", value: pair, needs });
    }),
  );
}
