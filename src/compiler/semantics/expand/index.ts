/**
 * Reuse: from the files of a spec to one flat spec. Groups of features become features, imports are put in, variants get what they extend with overrides and
 * removals applied, and calls of macros become their bodies. Nodes keep their spans, so that every message points at the
 * text that was written. It reads no file: all are loaded before.
 */
import { Reporter, type Diagnostic } from "../../diagnostics/index.js";
import type { Declaration, DefDeclaration, Expression, Name, Spec } from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import { nameWeights } from "./inline-weights.js";
import { expandMacros } from "./macros.js";
import { expandModules, type LoadedSpecs } from "./modules.js";
import { hasOpenEach, spellOut, splitGroups } from "./names.js";

export interface Expanded {
  readonly spec: Spec;
  /** Names that were calls of macros. */
  readonly macros: ReadonlyMap<Name, DefDeclaration>;
  /** Macros that nothing calls, with bodies whose parameters are holes. */
  readonly uncalled: readonly { readonly def: DefDeclaration; readonly body: Expression }[];
  /** Names that `remove` took out, where it did. */
  readonly removed: ReadonlyMap<string, Span>;
  readonly diagnostics: readonly Diagnostic[];
}

/** The file at `path`, which must be among the loaded ones, with all that it reuses. */
export function expand(path: string, loaded: LoadedSpecs): Expanded {
  const root = loaded.files.get(path);
  if (root === undefined) throw new Error(`${path} was not loaded`);
  const reporter = new Reporter();
  const files = new Map([...loaded.files].map(([file, spec]) => [file, splitGroups(spec, reporter)] as const));
  const modules = expandModules(path, { ...loaded, files }, reporter);
  const named = spellOut(modules, removedFeatures(files), reporter);
  const expanded = expandMacros(named, reporter);
  const { uses, uncalled } = expanded;
  const spelt = hasOpenEach(named) ? spellOut(expanded.declarations, new Set(), reporter) : expanded.declarations;
  const declarations = nameWeights(spelt);
  const removed = new Map([...files.values()].flatMap(({ declarations: own }) => own.flatMap(removedBy)));
  return { spec: { ...root, declarations }, macros: uses, uncalled, removed, diagnostics: reporter.diagnostics };
}

/** Entries of these blocks are not names. */
const keyed: ReadonlySet<string> = new Set(["data", "defaults", "loss", "train", "metrics"]);

/** The name that `remove tower t` or `remove features age` takes out. */
function removedBy(node: Declaration): readonly (readonly [string, Span])[] {
  if (node.kind !== "Remove" || node.path.length !== 1 || keyed.has(node.keyword.text)) return [];
  return node.path.map(({ text, span }) => [text, span] as const);
}

/** Features that any file takes out: a range of its base still names them. */
function removedFeatures(files: ReadonlyMap<string, Spec>): ReadonlySet<string> {
  const names = [...files.values()].flatMap(({ declarations }) =>
    declarations.flatMap((node) =>
      node.kind === "Remove" && node.keyword.text === "features" ? node.path.map(({ text }) => text) : [],
    ),
  );
  return new Set(names);
}
