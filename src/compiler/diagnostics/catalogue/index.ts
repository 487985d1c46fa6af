import { artifactsDiagnostics } from "./artifacts.js";
import { dataDiagnostics } from "./data.js";
import { dataQualityDiagnostics } from "./data-quality.js";
import { editionsDiagnostics } from "./editions.js";
import { enginesDiagnostics } from "./engines.js";
import { eventsDiagnostics } from "./events.js";
import { flowDiagnostics } from "./flow.js";
import { internalDiagnostics } from "./internal.js";
import { lintDiagnostics } from "./lint.js";
import { namesDiagnostics } from "./names.js";
import { rangesDiagnostics } from "./ranges.js";
import { rankingDiagnostics } from "./ranking.js";
import { syntaxDiagnostics } from "./syntax.js";
import { trainingDiagnostics } from "./training.js";
import { tuningDiagnostics } from "./tuning.js";
import { typesDiagnostics } from "./types.js";
import { usageDiagnostics } from "./usage.js";

/**
 * Every diagnostic there is, by its stable code; a code is never reused. The first digit tells the group:
 * 1 syntax, 2 names, 3 types and shapes, 4 events, 5 fusion and rules, 6 lint, 7 data (71), artifacts (72), training (73), engines (74), tuning (755) and flow control (753), 8 usage, 9 our own bugs.
 */
export const catalogue = {
  ...syntaxDiagnostics,
  ...editionsDiagnostics,
  ...namesDiagnostics,
  ...typesDiagnostics,
  ...eventsDiagnostics,
  ...rangesDiagnostics,
  ...lintDiagnostics,
  ...dataDiagnostics,
  ...dataQualityDiagnostics,
  ...artifactsDiagnostics,
  ...trainingDiagnostics,
  ...tuningDiagnostics,
  ...enginesDiagnostics,
  ...rankingDiagnostics,
  ...flowDiagnostics,
  ...usageDiagnostics,
  ...internalDiagnostics,
};

/** A code of the catalogue. */
export type DiagnosticCode = keyof typeof catalogue;

/** The parameters that a code's message takes. */
export type DiagnosticParameters<C extends DiagnosticCode> = Parameters<(typeof catalogue)[C]["message"]>[0];
