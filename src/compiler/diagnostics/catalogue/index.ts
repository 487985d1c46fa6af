import type { DiagnosticDefinition } from "../define.js";
import { argumentsDiagnostics } from "./spec/arguments.js";
import { artifactsDiagnostics } from "./run/artifacts.js";
import { columnsDiagnostics } from "./spec/columns.js";
import { comparingDiagnostics } from "./run/comparing.js";
import { dataDiagnostics } from "./run/data.js";
import { dataQualityDiagnostics } from "./run/data-quality.js";
import { editionsDiagnostics } from "./spec/editions.js";
import { enginesDiagnostics } from "./run/engines.js";
import { eventsDiagnostics } from "./spec/events.js";
import { flowDiagnostics } from "./run/flow.js";
import { formulasDiagnostics } from "./spec/formulas.js";
import { headsDiagnostics } from "./spec/heads.js";
import { internalDiagnostics } from "./run/internal.js";
import { lintDiagnostics } from "./spec/lint.js";
import { metricsDiagnostics } from "./spec/metrics.js";
import { namesDiagnostics } from "./spec/names.js";
import { networkDiagnostics } from "./spec/network.js";
import { projectDiagnostics } from "./run/project.js";
import { rankingDiagnostics } from "./run/ranking.js";
import { searchRunDiagnostics } from "./run/search.js";
import { remoteDiagnostics } from "./run/remote.js";
import { servingDiagnostics } from "./run/serving.js";
import { rulesDiagnostics } from "./spec/rules.js";
import { rowSequencesDiagnostics } from "./run/sequences.js";
import { runsDiagnostics } from "./run/runs.js";
import { searchDiagnostics } from "./spec/search.js";
import { sequencesDiagnostics } from "./spec/sequences.js";
import { syntaxDiagnostics } from "./spec/syntax.js";
import { targetsDiagnostics } from "./run/targets.js";
import { trainingDiagnostics } from "./run/training.js";
import { treesDiagnostics } from "./spec/trees.js";
import { treesRunDiagnostics } from "./run/trees.js";
import { tuningDiagnostics } from "./run/tuning.js";
import { usageDiagnostics } from "./run/usage.js";
import { valuesDiagnostics } from "./spec/values.js";

/**
 * Every diagnostic there is, by its stable code; a code is never reused. The first digit tells the group:
 * 1 syntax, 2 names, 3 types and shapes, 4 events, 5 formulas and rules, 6 lint, 7 data (71), artifacts (72), training (73), engines and comparisons (74), targets (750), rankings (751), flow control
 * (753), tuning (755), the server (760) and remote data (768), 8 the command line, 9 bugs in mtlc.
 */
export const catalogue = {
  ...syntaxDiagnostics,
  ...editionsDiagnostics,
  ...namesDiagnostics,
  ...argumentsDiagnostics,
  ...networkDiagnostics,
  ...headsDiagnostics,
  ...treesDiagnostics,
  ...metricsDiagnostics,
  ...columnsDiagnostics,
  ...sequencesDiagnostics,
  ...searchDiagnostics,
  ...rowSequencesDiagnostics,
  ...valuesDiagnostics,
  ...eventsDiagnostics,
  ...formulasDiagnostics,
  ...rulesDiagnostics,
  ...lintDiagnostics,
  ...dataDiagnostics,
  ...dataQualityDiagnostics,
  ...remoteDiagnostics,
  ...artifactsDiagnostics,
  ...trainingDiagnostics,
  ...treesRunDiagnostics,
  ...searchRunDiagnostics,
  ...servingDiagnostics,
  ...tuningDiagnostics,
  ...comparingDiagnostics,
  ...enginesDiagnostics,
  ...runsDiagnostics,
  ...targetsDiagnostics,
  ...rankingDiagnostics,
  ...flowDiagnostics,
  ...usageDiagnostics,
  ...projectDiagnostics,
  ...internalDiagnostics,
};

/** A code of the catalogue. */
export type DiagnosticCode = keyof typeof catalogue;

/** The parameters that a code's message takes. */
export type DiagnosticParameters<C extends DiagnosticCode> = Parameters<(typeof catalogue)[C]["message"]>[0];

/** The row of a diagnostic's code, which is always one of the catalogue. */
export function definitionOf(code: string): DiagnosticDefinition<never> {
  return catalogue[code as DiagnosticCode];
}

let codesByName: ReadonlyMap<string, DiagnosticCode> | undefined;

/** The code that a text names, as a code in any case (`mtl6001`) or by its slug (`unused-feature`); undefined for none. */
export function findCode(name: string): DiagnosticCode | undefined {
  codesByName ??= new Map(
    (Object.keys(catalogue) as DiagnosticCode[]).flatMap((code) => [
      [code, code],
      [catalogue[code].slug, code],
    ]),
  );
  return codesByName.get(name) ?? codesByName.get(name.toUpperCase());
}

/** Every code and every slug: what {@link findCode} takes. */
export function codeNames(): readonly string[] {
  return Object.entries(catalogue).flatMap(([code, { slug }]) => [code, slug]);
}
