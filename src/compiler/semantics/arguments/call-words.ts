import { builtins, initializers, optimizers, schedules } from "../../builtins/index.js";
import { fileFormatNames } from "../../formats/index.js";
import { logitWords } from "../heads/check-logit.js";
import { activations } from "../heads/check-task.js";
import { widthWord } from "../network/tensor-width.js";
import { columnFunctions } from "../data/column-expressions.js";
import { columnWord } from "../data/column-names.js";
import { featureKindNames } from "../data/feature-types.js";
import { formulaCallWords } from "../../functions/index.js";
import { metricNames } from "../../metrics/index.js";

/** Every word that the language itself calls, wherever it may appear: a macro of such a name would hide it. */
export const callWords: ReadonlySet<string> = new Set([
  ...builtins.map(({ name }) => name),
  "embed",
  ...activations,
  ...logitWords,
  ...formulaCallWords,
  ...Object.keys(columnFunctions),
  columnWord,
  ...featureKindNames,
  ...fileFormatNames,
  ...optimizers.map(({ name }) => name),
  ...schedules.map(({ name }) => name),
  ...initializers.map(({ name }) => name),
  ...metricNames,
  "split",
  "negatives",
  "hash",
  "norm",
  "value",
  "early",
  "arm",
  widthWord,
]);
