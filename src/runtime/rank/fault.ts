import {
  createDiagnostic,
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticParameters,
} from "../../compiler/diagnostics/index.js";
import type { Refusal } from "../../compiler/serving/index.js";
import { noLocation } from "../failure.js";

/** What prevents an answer. */
export interface Fault {
  readonly diagnostic: Diagnostic;
  readonly id?: string;
  readonly input?: string;
}

export function diagnosticOf<C extends DiagnosticCode>(
  code: C,
  parameters: DiagnosticParameters<C>,
  help?: string,
): Diagnostic {
  return createDiagnostic(code, parameters, noLocation(), help === undefined ? {} : { help });
}

/** A refusal as the diagnostic that people read. */
export function faultOf(
  refusal: Refusal | { readonly kind: "duplicate"; readonly id: string },
  request: string,
): Fault {
  if (refusal.kind === "duplicate") {
    const help = "name the column that tells them apart with `--id`, or keep the first with `--duplicates first`";
    return { diagnostic: diagnosticOf("MTL7513", { request, id: refusal.id }, help), id: refusal.id, input: "id" };
  }
  const { id, input, reason, expected, help } = refusal;
  return {
    diagnostic: diagnosticOf("MTL7512", { request, candidate: id, input, reason, expected }, help),
    input,
    ...(id === undefined ? {} : { id }),
  };
}
