import { defineDiagnostics } from "../define.js";

/** MTL755x to 757x: tuning a formula against a log. */
export const tuningDiagnostics = defineDiagnostics({
  MTL7550: {
    severity: "error",
    title: "formula without a parameter to tune",
    message: (p: { formula: string; params: readonly string[] }) =>
      p.params.length === 0
        ? `\`${p.formula}\` reads no parameter; write one as \`params { alpha: 0.1 in [0, 1] }\``
        : `no parameter of \`${p.formula}\` has a range with two ends: ${p.params.map((name) => `\`${name}\``).join(", ")}; write one as \`alpha: 0.1 in [0, 1]\``,
  },
  MTL7551: {
    severity: "error",
    title: "objective that is none",
    message: (p: { text: string; option: string; at: number; problem: string }) =>
      `\`${p.option} "${p.text}"\`, character ${p.at + 1}: ${p.problem}`,
  },
  MTL7552: {
    severity: "error",
    title: "several formulas to tune",
    message: (p: { ranks: readonly string[]; fusions: readonly string[] }) =>
      `the spec has several ${p.ranks.length > 0 ? "rankings" : "formulas"}; say which with ${[
        ...p.ranks.map((name) => `\`--rank ${name}\``),
        ...p.fusions.map((name) => `\`--fusion ${name}\``),
      ].join(" or ")}`,
  },
  MTL7553: {
    severity: "error",
    title: "ranking, formula or parameter that is not there",
    message: (p: { kind: string; name: string; known: readonly string[]; suggestion?: string | undefined }) =>
      `there is no ${p.kind} \`${p.name}\`${p.suggestion === undefined ? "" : `; did you mean \`${p.suggestion}\`?`}${p.known.length === 0 ? "" : ` (there is ${p.known.map((name) => `\`${name}\``).join(", ")})`}`,
  },
  MTL7554: {
    severity: "error",
    title: "logged value that serving would refuse",
    message: (p: { input: string; row: number; file: string; reason: string; expected: string }) =>
      `\`${p.input}\` is ${p.reason === "missing" ? "missing" : p.reason === "outside" ? "outside of its range" : "of another type"} in row ${p.row} of \`${p.file}\`, where the spec needs ${p.expected}`,
  },
  MTL7555: {
    severity: "error",
    title: "spec without a formula",
    message: (p: { model: string }) =>
      `\`${p.model}\` has no formula to tune; write one as \`fusion score = ctr * cvr^a\``,
  },
  MTL7556: {
    severity: "error",
    title: "log of one time",
    message: (p: { column: string }) =>
      `all requests have the same \`${p.column}\`, so that no later ones can be held out`,
  },
  MTL7557: {
    severity: "error",
    title: "method that needs something else",
    message: (p: { method: string; needs: string }) => `\`--method ${p.method}\` needs ${p.needs}`,
  },
  MTL7558: {
    severity: "error",
    title: "formula that no regression fits",
    message: (p: { formula: string; method: string }) =>
      `\`${p.formula}\` is neither a product of powers nor a weighted sum with a parameter as exponent or weight, so \`--method ${p.method}\` has nothing to fit; \`--method cma-es\` tunes any formula`,
  },
  MTL7559: {
    severity: "error",
    title: "too little evidence for a change",
    message: (p: { effective: number; requests: number; floor: number; isHeldOut: boolean }) =>
      `${p.isHeldOut ? `the ${p.requests} held-out` : `the log's ${p.requests}`} requests are worth ${p.effective.toFixed(1)} for these parameters, below the floor of ${p.floor}; log more requests, jitter more widely, or stay nearer to the logged parameters`,
  },
  MTL7561: {
    severity: "error",
    title: "fit without a scale",
    message: (p: { column: string; method: string }) =>
      `the fit gives ${p.column} the coefficient 0: the label does not rise with it, and the other exponents cannot be read relative to it; \`--method cma-es\` tunes the formula as it is`,
  },
  MTL7562: {
    severity: "error",
    title: "log without rows",
    message: (p: { files: string }) => `no row of \`${p.files}\` can be ranked`,
  },
  MTL7564: {
    severity: "error",
    title: "option that is no number",
    message: (p: { option: string; value: string; needs: string }) =>
      `\`${p.option} ${p.value}\` is not right; it takes ${p.needs}`,
  },
  MTL7565: {
    severity: "error",
    title: "log that does not tell its requests apart",
    message: (p: { files: string; tried: readonly string[] }) =>
      `\`${p.files}\` has no column ${p.tried.map((name) => `\`${name}\``).join(" or ")}; name the one that tells requests apart with \`--request\``,
  },
  MTL7566: {
    severity: "error",
    title: "logged request of too many candidates",
    message: (p: { request: string; candidates: number; most: number }) =>
      `request \`${p.request}\` has ${p.candidates} candidates, and a ranking takes ${p.most}; \`--request\` names the column that tells requests apart, \`--fusion\` tunes without rules`,
  },
  MTL7570: {
    severity: "error",
    title: "nothing to measure",
    message: (p: { column: string; rows: number; isHeldOut: boolean }) =>
      `column \`${p.column}\` has no value in any of the ${p.rows} rows that are ${p.isHeldOut ? "held out" : "searched on"}, so nothing can be measured of it`,
  },
  MTL7571: {
    severity: "error",
    title: "row of no request or no time",
    message: (p: { column: string; file: string; row: number; option: string }) =>
      `column \`${p.column}\` has no value in row ${p.row} of \`${p.file}\`, where ${p.option} needs one in every row`,
  },
});
