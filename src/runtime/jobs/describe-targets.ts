/** The targets that there are and, of a spec, what each of them can carry. */
import { type Carried, type Refusal, targets } from "../../compiler/targets/index.js";
import { createSourceFile, omitUndefined, positionAt } from "../../compiler/text/index.js";
import { type LoadedSpec, loadSpec } from "../specs/load-spec.js";
import { refusalsOf, subjectOf } from "../targets/choose.js";
import { isArtifactDirectory, loadArtifactSpec } from "./compile-artifact.js";

export interface TargetsReport {
  /** Name of the model that was asked about. */
  readonly model?: string;
  readonly targets: readonly TargetReport[];
}

export interface TargetReport {
  readonly name: string;
  /** What it is, as one sentence without its full stop. */
  readonly summary: string;
  /** The folder that has its files. */
  readonly folder: string;
  readonly carries: readonly Carried[];
  /** Whether every artifact has its files, where it can carry the model. */
  readonly inEveryArtifact: boolean;
  /** Of a model: what it cannot carry; empty where it carries the model. */
  readonly refusals?: readonly LocatedRefusal[];
}

export interface LocatedRefusal {
  readonly what: string;
  readonly instead?: string;
  /** In the spec; line and column from 1. Absent for what no line caused. */
  readonly location?: { readonly file: string; readonly line: number; readonly column: number };
}

/** `spec`: path of a spec, or directory of an artifact, whose spec it is. Reads no data. Throws a {@link Failure}. */
export async function describeTargets(spec?: string): Promise<TargetsReport> {
  const rows = targets.map(({ name, summary, folder, carries, inEveryArtifact }) => ({
    name,
    summary,
    folder,
    carries,
    inEveryArtifact,
  }));
  if (spec === undefined) return { targets: rows };
  const loaded = isArtifactDirectory(spec) ? await loadArtifactSpec(spec) : loadSpec(spec);
  const found = refusalsOf(targets, subjectOf(loaded.model));
  return {
    model: loaded.model.name,
    targets: rows.map((row, at) => ({
      ...row,
      refusals: (found[at]?.refusals ?? []).map((refusal) => locate(refusal, loaded)),
    })),
  };
}

function locate({ what, instead, span }: Refusal, { sources }: LoadedSpec): LocatedRefusal {
  const source = sources.find(({ path }) => path === span?.file);
  if (span === undefined || source === undefined) return { what, ...omitUndefined({ instead }) };
  const { line, column } = positionAt(createSourceFile(source.path, source.text), span.start);
  return { what, ...omitUndefined({ instead }), location: { file: source.path, line, column } };
}
