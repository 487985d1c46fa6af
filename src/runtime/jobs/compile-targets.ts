/** Compiling a spec or an artifact to targets: the forms in which others run it. */
import type { Target } from "../../compiler/targets/index.js";
import type { ArtifactContent } from "../artifact/index.js";
import { artifactBytes, checkDisk, checkMemory, writingNeed } from "../memory.js";
import { checkWritable, refuseReplacement } from "../outputs.js";
import { loadSpec } from "../specs/load-spec.js";
import { findTargets, refuseTargets } from "../targets/choose.js";
import { checkTargetsDirectory, type EmittedTarget, type EmittedTargets, writeTargets } from "../targets/emit.js";
import { leftBy, type LocatedRefusal } from "../targets/located.js";
import { isArtifactDirectory, recompileArtifact } from "./compile-artifact.js";
import { type CompileOptions, loweredContent, lowerSpec } from "./compile.js";

export interface CompileTargetsOptions extends CompileOptions {
  /** Names of targets, as `mtlc targets` lists them. */
  readonly targets: readonly string[];
}

export interface CompileTargetsResult extends EmittedTargets {
  readonly directory: string;
  readonly targets: readonly CompiledTarget[];
}

export interface CompiledTarget extends EmittedTarget {
  /** What it leaves to whoever calls its files, such as the ids of features; absent: nothing. */
  readonly leftToCaller?: readonly LocatedRefusal[];
}

/**
 * Writes a folder for each target, and `targets.json`, to the directory `output`. Throws a {@link Failure}: MTL7500 for a name that
 * is not a target's, MTL7501 with everything that a target cannot carry, before any data is read.
 */
export async function compileTargets(options: CompileTargetsOptions): Promise<CompileTargetsResult> {
  const { output, signal, onEvent = () => undefined } = options;
  const asked = findTargets(options.targets);
  await checkTargetsDirectory(output);
  await checkWritable(output);
  const content = await contentFor(asked, options);
  if (content.program !== undefined) {
    checkMemory(writingNeed(content.program));
    await checkDisk(output, artifactBytes(content.program));
  }
  const emitted = await writeTargets(output, content, asked, signal);
  onEvent({ kind: "saved", directory: output });
  return {
    directory: output,
    ...emitted,
    targets: emitted.targets.map((each, at) => ({ ...each, ...leftBy(asked[at], content, content.sources) })),
  };
}

type Content = Omit<ArtifactContent, "graphText">;

async function contentFor(asked: readonly Target[], options: CompileTargetsOptions): Promise<Content> {
  if (isArtifactDirectory(options.spec)) {
    const content = await recompileArtifact(options.spec);
    refuseTargets(asked, content);
    return content;
  }
  const { model, sources, warnings } = loadSpec(options.spec);
  refuseReplacement(
    options.output,
    sources.map(({ path }) => path),
  );
  refuseTargets(asked, { model, sources });
  const needsNetwork = asked.some(({ carries }) => carries.some((part) => part !== "serving"));
  if (needsNetwork) return loweredContent(await lowerSpec(options));
  for (const diagnostic of warnings) options.onEvent?.({ kind: "warning", diagnostic });
  return { sources, model, trained: false };
}
