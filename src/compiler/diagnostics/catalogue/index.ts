import type { DiagnosticDefinition } from "../define.js";
import { argumentsDiagnostics } from "./arguments.js";
import { artifactsDiagnostics } from "./artifacts.js";
import { columnsDiagnostics } from "./columns.js";
import { dataDiagnostics } from "./data.js";
import { dataQualityDiagnostics } from "./data-quality.js";
import { editionsDiagnostics } from "./editions.js";
import { enginesDiagnostics } from "./engines.js";
import { eventsDiagnostics } from "./events.js";
import { flowDiagnostics } from "./flow.js";
import { formulasDiagnostics } from "./formulas.js";
import { headsDiagnostics } from "./heads.js";
import { internalDiagnostics } from "./internal.js";
import { lintDiagnostics } from "./lint.js";
import { namesDiagnostics } from "./names.js";
import { networkDiagnostics } from "./network.js";
import { rankingDiagnostics } from "./ranking.js";
import { rulesDiagnostics } from "./rules.js";
import { syntaxDiagnostics } from "./syntax.js";
import { trainingDiagnostics } from "./training.js";
import { tuningDiagnostics } from "./tuning.js";
import { usageDiagnostics } from "./usage.js";
import { valuesDiagnostics } from "./values.js";

/**
 * Every diagnostic there is, by its stable code; a code is never reused. The first digit tells the group:
 * 1 syntax, 2 names, 3 types and shapes, 4 events, 5 formulas and rules, 6 lint, 7 data (71), artifacts (72), training (73), engines (74), rankings (751), flow control
 * (753) and tuning (755), 8 the command line, 9 bugs in mtlc.
 */
export const catalogue = {
  ...syntaxDiagnostics,
  ...editionsDiagnostics,
  ...namesDiagnostics,
  ...argumentsDiagnostics,
  ...networkDiagnostics,
  ...headsDiagnostics,
  ...columnsDiagnostics,
  ...valuesDiagnostics,
  ...eventsDiagnostics,
  ...formulasDiagnostics,
  ...rulesDiagnostics,
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
