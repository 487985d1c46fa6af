/** Targets by the names that a command line has, and what they cannot carry of a spec. */
import { assumedProgram } from "../../compiler/cost/index.js";
import { createDiagnostic, type Diagnostic } from "../../compiler/diagnostics/index.js";
import type { FittedSizes, Model } from "../../compiler/model/index.js";
import { type Refusal, type Target, targets, type TargetSubject } from "../../compiler/targets/index.js";
import { createSourceFile, type SourceFile, type Span, suggest } from "../../compiler/text/index.js";
import { createFailure, Failure, noLocation } from "../failure.js";

/** The targets of these names, in the order of the table and each once. Throws a {@link Failure} (MTL7500). */
export function findTargets(names: readonly string[]): readonly Target[] {
  const known = targets.map(({ name }) => name);
  for (const name of names)
    if (!known.includes(name)) throw createFailure("MTL7500", { name, known, near: suggest(name, known) });
  return targets.filter(({ name }) => names.includes(name));
}

/** A model before its data is read. `ids`: numbers of ids, where they are known. */
export function subjectOf(model: Model, ids?: FittedSizes["ids"]): TargetSubject {
  if (model.heads.length === 0) return { model };
  return { model, program: assumedProgram(model, ids) };
}

/** What each target cannot carry of a model; those without a refusal have an empty list. */
export function refusalsOf(
  asked: readonly Target[],
  subject: TargetSubject,
): readonly { readonly target: Target; readonly refusals: readonly Refusal[] }[] {
  return asked.map((target) => ({ target, refusals: target.refusals(subject) }));
}

/** A spec as it is asked about: its model, and its texts for the excerpts of messages. */
export interface AskedSpec {
  readonly model: Model;
  readonly sources: readonly { readonly path: string; readonly text: string }[];
}

/** Throws a {@link Failure} with everything of a spec that the targets cannot carry (MTL7501). */
export function refuseTargets(asked: readonly Target[], { model, sources }: AskedSpec): void {
  if (asked.length === 0) return;
  const found = refusalsOf(asked, subjectOf(model)).flatMap(({ target, refusals }) =>
    refusals.map((refusal) => diagnosticOf(target, refusal, noLocation(sources[0]?.path))),
  );
  if (found.length === 0) return;
  throw new Failure(found, textsOf(found, sources));
}

/** The texts by file; the model of an artifact has its spec under the name that it had before. */
function textsOf(found: readonly Diagnostic[], sources: AskedSpec["sources"]): ReadonlyMap<string, SourceFile> {
  const texts = new Map(sources.map(({ path, text }) => [path, createSourceFile(path, text)]));
  const [spec] = sources;
  for (const { span } of found)
    if (spec !== undefined && !texts.has(span.file)) texts.set(span.file, createSourceFile(span.file, spec.text));
  return texts;
}

function diagnosticOf({ name }: Target, { what, span, instead }: Refusal, whole: Span): Diagnostic {
  return createDiagnostic("MTL7501", { target: name, what, instead }, span ?? whole);
}
