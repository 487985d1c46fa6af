/** The commands of `mtlc`, in the order in which help lists them. Each loads what it runs when it runs. */
import type { Command } from "../command.js";
import { checkVerb } from "./check/command.js";
import { compareVerb } from "./compare/command.js";
import { compileVerb } from "./compile/command.js";
import { costVerb } from "./cost/command.js";
import { dataVerb } from "./data/command.js";
import { diffVerb } from "./diff/command.js";
import { docVerb } from "./doc/command.js";
import { doctorVerb } from "./doctor/command.js";
import { evalVerb } from "./eval/command.js";
import { explainVerb } from "./explain/command.js";
import { flowVerb } from "./flow/command.js";
import { fmtVerb } from "./fmt/command.js";
import { graphVerb } from "./graph/command.js";
import { importVerb } from "./import/command.js";
import { initVerb } from "./init/command.js";
import { lspVerb } from "./lsp/command.js";
import { migrateVerb } from "./migrate/command.js";
import { predictVerb } from "./predict/command.js";
import { rankVerb } from "./rank/command.js";
import { searchVerb } from "./search/command.js";
import { serveVerb } from "./serve/command.js";
import { targetsVerb } from "./targets/command.js";
import { testVerb } from "./test/command.js";
import { trainVerb } from "./train/command.js";
import { tuneVerb } from "./tune/command.js";

export const verbs: readonly Command[] = [
  initVerb,
  checkVerb,
  fmtVerb,
  migrateVerb,
  dataVerb,
  trainVerb,
  evalVerb,
  compareVerb,
  predictVerb,
  searchVerb,
  tuneVerb,
  compileVerb,
  targetsVerb,
  importVerb,
  rankVerb,
  serveVerb,
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
