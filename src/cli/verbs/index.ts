/** The commands of `mtlc`, in the order in which help lists them. Each loads what it runs when it runs. */
import type { Command } from "../command.js";
import { checkVerb } from "./check.js";
import { compileVerb } from "./compile.js";
import { costVerb } from "./cost.js";
import { dataVerb } from "./data.js";
import { diffVerb } from "./diff.js";
import { docVerb } from "./doc.js";
import { doctorVerb } from "./doctor.js";
import { evalVerb } from "./eval.js";
import { explainVerb } from "./explain.js";
import { flowVerb } from "./flow.js";
import { fmtVerb } from "./fmt.js";
import { graphVerb } from "./graph.js";
import { initVerb } from "./init.js";
import { lspVerb } from "./lsp.js";
import { predictVerb } from "./predict.js";
import { rankVerb } from "./rank.js";
import { testVerb } from "./test.js";
import { trainVerb } from "./train.js";
import { tuneVerb } from "./tune.js";

export const verbs: readonly Command[] = [
  initVerb,
  checkVerb,
  fmtVerb,
  dataVerb,
  trainVerb,
  evalVerb,
  predictVerb,
  tuneVerb,
  compileVerb,
  rankVerb,
  testVerb,
  flowVerb,
  diffVerb,
  explainVerb,
  costVerb,
  graphVerb,
  docVerb,
  doctorVerb,
  lspVerb,
];
