import { builtins, optimizers, schedules } from "../builtins/index.js";
import { fileFormats } from "./check-source.js";
import { logitWords } from "./check-logit.js";
import { activations } from "./check-task.js";
import { columnFunctions } from "./column-expressions.js";
import { columnWord } from "./column-names.js";
import { featureKinds } from "./feature-types.js";
import { formulaFunctions } from "./formula-functions.js";
import { metricNames } from "./metric-types.js";

/** Every word that the language itself calls, wherever it may stand: a macro of such a name would hide it. */
export const callWords: ReadonlySet<string> = new Set([
  ...builtins.map(({ name }) => name),
  "embed",
  ...activations,
  ...logitWords,
  ...Object.keys(formulaFunctions),
  "piecewise",
  ...Object.keys(columnFunctions),
  columnWord,
  ...featureKinds,
  ...fileFormats,
  ...optimizers.map(({ name }) => name),
  ...schedules.map(({ name }) => name),
  ...metricNames,
  "split",
  "hash",
  "norm",
  "value",
  "early",
  "arm",
  "fixed",
]);
