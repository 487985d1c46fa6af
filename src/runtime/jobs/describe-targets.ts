/** The targets that there are and, of a spec, what each of them can carry. */
import { type Carried, targets, type TargetSubject } from "../../compiler/targets/index.js";
import { loadFitted, readArtifact } from "../artifact/index.js";
import { type LoadedSpec, loadSpec } from "../specs/load-spec.js";
import { refusalsOf, subjectOf } from "../targets/choose.js";
import { leftBy, locate, type LocatedRefusal } from "../targets/located.js";
import { isArtifactDirectory, loadArtifactSpec } from "./compile-artifact.js";

export type { LocatedRefusal };

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
  /** Of a model that it carries: what it leaves to whoever calls its files, such as the ids of features; absent: nothing. */
  readonly leftToCaller?: readonly LocatedRefusal[];
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
  const { loaded, subject } = isArtifactDirectory(spec) ? await askedArtifact(spec) : askedSpec(loadSpec(spec));
  const found = refusalsOf(targets, subject);
  return {
    model: loaded.model.name,
    targets: rows.map((row, at) => {
      const refusals = (found[at]?.refusals ?? []).map((refusal) => locate(refusal, loaded.sources));
      // What a target cannot carry has nobody who calls it.
      const left = refusals.length === 0 ? leftBy(found[at]?.target, subject, loaded.sources) : {};
      return { ...row, refusals, ...left };
    }),
  };
}

interface Asked {
  readonly loaded: LoadedSpec;
  readonly subject: TargetSubject;
}

function askedSpec(loaded: LoadedSpec): Asked {
  return { loaded, subject: subjectOf(loaded.model) };
}

/** With what was fitted, which may be too much for a target. */
async function askedArtifact(directory: string): Promise<Asked> {
  const files = await readArtifact(directory);
  const asked = askedSpec(await loadArtifactSpec(directory, files));
  if (asked.loaded.model.heads.length === 0) return asked;
  return { ...asked, subject: { ...asked.subject, fitted: loadFitted(files, asked.loaded.model) } };
}
