import { defineDiagnostics } from "../../define.js";
import { didYouMean, joinNames } from "../../words.js";

/** MTL755x to 757x: tuning a formula against a log. */
export const tuningDiagnostics = defineDiagnostics({
  MTL7550: {
    slug: "no-tunable-parameter",
    severity: "error",
    title: "no tunable parameter",
    message: (p: { formula: string; params: readonly string[] }) =>
      p.params.length === 0
        ? `\`${p.formula}\` reads no parameter; write one as \`params { alpha: 0.1 in [0, 1] }\``
        : `no parameter of \`${p.formula}\` has a range with two ends: ${joinNames(p.params)}; write one as \`alpha: 0.1 in [0, 1]\``,
    about: "Tuning changes the parameters that a formula reads, and it reads none with a range of two ends.",
    fix: "Give a parameter a range: `alpha: 0.1 in [0, 1]`.",
  },
  MTL7551: {
    slug: "invalid-objective",
    severity: "error",
    title: "invalid objective",
    message: (p: { text: string; option: string; at: number; problem: string }) =>
      `\`${p.option} "${p.text}"\`, character ${p.at + 1}: ${p.problem}`,
    about: "The objective or a guard cannot be parsed.",
    fix: "The message shows the position of the error, and `mtlc tune --help` the syntax.",
    usage: true,
  },
  MTL7552: {
    slug: "ambiguous-formula",
    severity: "error",
    title: "ambiguous formula to tune",
    message: (p: { ranks: readonly string[]; fusions: readonly string[] }) =>
      `the spec has several ${p.ranks.length > 0 ? "rankings" : "formulas"}; say which with ${[
        ...p.ranks.map((name) => `\`--rank ${name}\``),
        ...p.fusions.map((name) => `\`--fusion ${name}\``),
      ].join(" or ")}`,
    about: "The spec has several rankings or formulas, and tuning needs one.",
    fix: "Name it with `--rank` or `--fusion`.",
    usage: true,
  },
  MTL7553: {
    slug: "unknown-tuning-name",
    severity: "error",
    title: "unknown ranking, formula or parameter",
    message: (p: { kind: string; name: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `there is no ${p.kind} \`${p.name}\`${didYouMean(p.suggestion)}${p.known.length === 0 ? "" : ` (there is ${joinNames(p.known)})`}`,
    about: "The command names a ranking, a formula or a parameter that the spec does not have.",
    fix: "Correct the name; the message lists the valid ones.",
    usage: true,
  },
  MTL7554: {
    slug: "refused-log-value",
    severity: "error",
    title: "logged value that serving refuses",
    message: (p: { input: string; row: number; file: string; reason: string; expected: string }) =>
      `\`${p.input}\` is ${p.reason === "missing" ? "missing" : p.reason === "outside" ? "out of range" : "of the wrong type"} in row ${p.row} of \`${p.file}\`, where the spec needs ${p.expected}`,
    about: "A row of the log has a value that serving would refuse, so no list can have come from it.",
    fix: "Correct the log, widen the declared range, or give with `missing:` a default for a missing value.",
  },
  MTL7555: {
    slug: "no-formula",
    severity: "error",
    title: "spec without a formula",
    message: (p: { model: string }) =>
      `\`${p.model}\` has no formula to tune; write one as \`fusion score = ctr * cvr^a\``,
    about: "The spec has no `fusion`, so there is nothing to tune.",
    fix: "Write the order as a formula with parameters.",
  },
  MTL7556: {
    slug: "no-later-requests",
    severity: "error",
    title: "no later requests to hold out",
    message: (p: { column: string }) =>
      `all requests have the same \`${p.column}\`, so no later requests can be held out`,
    about: "Later requests are held out to evaluate a change, and all requests of the log have the same time.",
    fix: "Log the time of each request, or name its column.",
  },
  MTL7557: {
    slug: "method-requirements",
    severity: "error",
    title: "missing requirement of a tuning method",
    message: (p: { method: string; needs: string }) => `\`--method ${p.method}\` needs ${p.needs}`,
    about: "The method needs data or options that were not given.",
    fix: "Give what the message names, or use another method.",
    usage: true,
  },
  MTL7558: {
    slug: "formula-not-linear",
    severity: "error",
    title: "formula cannot be fitted by regression",
    message: (p: { formula: string; method: string }) =>
      `\`${p.formula}\` is neither a product of powers nor a weighted sum with a parameter as exponent or weight, so \`--method ${p.method}\` has nothing to fit; \`--method cma-es\` tunes any formula`,
    about: "A regression fits exponents or weights, and the formula is neither a product of powers nor a weighted sum.",
    fix: "Use `--method cma-es`, which tunes any formula.",
  },
  MTL7559: {
    slug: "effective-sample-size",
    severity: "error",
    title: "effective sample size too small",
    message: (p: { effective: number; requests: number; floor: number; isHeldOut: boolean }) =>
      `${p.isHeldOut ? `the ${p.requests} held-out` : `the log's ${p.requests}`} requests have an effective sample size of ${p.effective.toFixed(1)} for these parameters, below the floor of ${p.floor}; log more requests, jitter more widely, or stay closer to the logged parameters`,
    about:
      "The log was recorded with other parameters, and its effective sample size for the proposed ones is too small: the estimate would be noise.",
    fix: "Log more requests, with more jitter in the parameters, or stay closer to the logged ones.",
  },
  MTL7561: {
    slug: "zero-coefficient",
    severity: "error",
    title: "zero reference coefficient",
    message: (p: { column: string; method: string }) =>
      `the fit gives ${p.column} the coefficient 0: the label does not rise with it, and the other exponents cannot be read relative to it; \`--method cma-es\` tunes the formula as it is`,
    about: "The fit gives the reference column the coefficient 0, and every other exponent is relative to it.",
    fix: "Choose another reference, or use `--method cma-es`.",
  },
  MTL7562: {
    slug: "empty-log",
    severity: "error",
    title: "empty log",
    message: (p: { files: string }) => `no row of \`${p.files}\` can be ranked`,
    about: "The log has no rows that tuning can use.",
    fix: "Check the files and filters that the message names.",
  },
  MTL7564: {
    slug: "invalid-number-option",
    severity: "error",
    title: "invalid number in an option",
    message: (p: { option: string; value: string; needs: string }) =>
      `\`${p.option} ${p.value}\` is not valid; it takes ${p.needs}`,
    about: "An option needs a number of a certain kind, and its value is not one.",
    fix: "Give a value of the form that the message names.",
    usage: true,
  },
  MTL7565: {
    slug: "missing-request-column",
    severity: "error",
    title: "missing request column",
    message: (p: { files: string; tried: readonly string[] }) =>
      `\`${p.files}\` has no column ${joinNames(p.tried, "or")}; name the one that identifies the request with \`--request\``,
    about:
      "Lists, pairs and groups consist of the rows of one request, and the log has no column that identifies the request.",
    fix: "Name the column: `--request request_id`. Only `auc` needs none.",
  },
  MTL7566: {
    slug: "too-many-logged-candidates",
    severity: "error",
    title: "too many candidates in a logged request",
    message: (p: { request: string; candidates: number; most: number }) =>
      `request \`${p.request}\` has ${p.candidates} candidates, but a ranking takes at most ${p.most}; \`--request\` names the column that identifies the request, \`--fusion\` tunes without rules`,
    about:
      "A ranking has a maximum number of candidates, and a request of the log has more. Most often the column of requests is another one.",
    fix: "Name the column of requests with `--request`.",
  },
  MTL7570: {
    slug: "nothing-to-measure",
    severity: "error",
    title: "no values to measure",
    message: (p: { column: string; rows: number; isHeldOut: boolean }) =>
      `column \`${p.column}\` has no value in any of the ${p.rows} rows that are ${p.isHeldOut ? "held out" : "searched on"}, so it cannot be measured`,
    about:
      "An unknown value is not 0: rows without a value are excluded from the measure of their column, and no rows are left.",
    fix: "Name a column that has values, or a log in which they are known.",
  },
  MTL7571: {
    slug: "missing-request-value",
    severity: "error",
    title: "missing request or time of a row",
    message: (p: { column: string; file: string; row: number; option: string }) =>
      `column \`${p.column}\` has no value in row ${p.row} of \`${p.file}\`, where ${p.option} needs one in every row`,
    about: "The column identifies the request of a row or its time, and one row has no value in it.",
    fix: "Write the value in every row, or remove the rows without one.",
  },
});
