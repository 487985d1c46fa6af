import { defineDiagnostics } from "../../define.js";
import { plural } from "../../../text/index.js";
import { didYouMean, joinNames, someNames } from "../../words.js";

/** MTL741x: specs with searches at run time, and what `mtlc search` needs. */
export const searchRunDiagnostics = defineDiagnostics({
  MTL7410: {
    slug: "search-defaults",
    severity: "info",
    title: "searches at their defaults",
    message: (p: { file: string; values: readonly string[] }) =>
      `${someNames(p.values, 6)}: the defaults of what \`mtlc search ${p.file}\` searches`,
    about:
      "A spec with `search` is trained as the model of the defaults: the value after `=`, else the first choice or the middle of the range.",
    fix: "Nothing, if that is what should be trained. `mtlc search` looks for better values and writes them into a spec.",
  },
  MTL7411: {
    slug: "nothing-to-search",
    severity: "error",
    title: "nothing to search",
    message: (p: { file: string }) => `\`${p.file}\` has no \`search\` in it`,
    about: "`mtlc search` chooses the values of what a spec says `search` of, and this spec says it of nothing.",
    fix: "Write what to choose from in the place of a value: `mlp(x, [search [16, 32, 64]])`, `adam(lr: search 1e-4..1e-2 log)`.",
  },
  MTL7412: {
    slug: "search-without-validation",
    severity: "error",
    title: "no validation data to compare trials on",
    message: () => "a search compares trials on validation data, and there is none",
    about:
      "Trials are measured on validation data and on nothing else: the best of many on test data would only seem so good.",
    fix: 'Name files, `validation: "day8.csv"` in `data` or `--validation`, or take a share of the training rows: `split: split(0.9)`.',
  },
  MTL7413: {
    slug: "search-metric-missing",
    severity: "error",
    title: "nothing says what to search for",
    message: (p: { known: readonly string[] }) =>
      p.known.length === 0
        ? "nothing says what to search for, and the spec measures nothing: name a metric in `metrics`"
        : `nothing says what to search for: give \`--metric\`, one or several of ${joinNames(p.known)}`,
    about: "Without `--metric`, a search looks for the best of what early stopping watches; this spec has no `stop`.",
    fix: 'Give `--metric "auc(ctr)"`, or say in `train` what is watched: `stop: early(auc(ctr), patience: 3)`.',
  },
  MTL7414: {
    slug: "search-metric-unknown",
    severity: "error",
    title: "unmeasured metric of a search",
    message: (p: { text: string; known: readonly string[]; suggestion: string | undefined }) =>
      `the spec does not measure \`${p.text}\`${didYouMean(p.suggestion)}${p.known.length === 0 ? "" : `; it measures ${joinNames(p.known)}`}`,
    about: "`--metric` is a metric of a head that is in the `metrics` of the spec, such as `auc(ctr)`.",
    fix: "Write one that the spec measures, or add it to `metrics`.",
  },
  MTL7415: {
    slug: "search-method",
    severity: "error",
    title: "unsuitable search method",
    message: (p: { problem: string }) => p.problem,
    about: "CMA-ES moves a distribution over ranges of numbers, towards the best of one metric.",
    fix: "Search with `--method tpe`, or write ranges in the place of choices: `search 8..64`.",
  },
  MTL7416: {
    slug: "search-folder-taken",
    severity: "error",
    title: "folder of another search",
    message: (p: { folder: string; what: string | undefined }) =>
      p.what === undefined
        ? `\`${p.folder}\` is not empty and not of a search; give another directory with \`-o\``
        : `\`${p.folder}\` has another search in it: ${p.what} differs; give another directory with \`-o\`, or \`--force\` to remove it`,
    about:
      "A search goes on with the trials that it finds in its directory, which is right only if they are its own: of the same spec, data, method, metrics and seed.",
    fix: "Give another directory, or `--force` to begin again.",
  },
  MTL7417: {
    slug: "search-without-result",
    severity: "error",
    title: "no trial has a value",
    message: (p: { trials: number; reason: string | undefined }) =>
      `none of ${plural(p.trials, "trial")} has a value${p.reason === undefined ? ": the metric is undefined on the validation data" : `; the first failed: ${p.reason}`}`,
    about: "Every trial failed, or has no value of a metric that is searched for.",
    fix: "Train the spec by itself, `mtlc train`, and fix what it says.",
  },
  MTL7418: {
    slug: "halving-not-possible",
    severity: "error",
    title: "trials that cannot be compared while they train",
    message: (p: { problem: string }) => `\`--halving\`: ${p.problem}`,
    about:
      "Halving compares trials at an evaluation after a ninth, a third … of their training, so that there have to be evaluations to compare at, and trials to leave behind.",
    fix: "Train for more epochs, evaluate within an epoch by `validate_every`, or leave `--halving` out.",
  },
  MTL7419: {
    slug: "search-option-value",
    severity: "error",
    title: "invalid value of a search option",
    message: (p: { option: string; value: string; needs: string }) =>
      `\`${p.option}\` takes ${p.needs}, not \`${p.value}\``,
    about: "The value of an option is not of the form that it takes.",
    fix: "Write it as the message says.",
    usage: true,
  },
});
