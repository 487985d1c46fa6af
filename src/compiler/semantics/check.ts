import { Reporter, type Diagnostic } from "../diagnostics/index.js";
import {
  type FeatureModel,
  type LabelModel,
  labelOfEvent,
  type LossModel,
  type Model,
  treesLayer,
} from "../model/index.js";
import { omitUndefined, type Span } from "../text/index.js";
import { type AnyNode, type DefDeclaration, type Name, type Spec, visit } from "../syntax/index.js";
import { bindNames } from "./names/bind.js";
import { collectBlocks, type Blocks } from "./names/blocks.js";

import { checkDefaults } from "./arguments/check-defaults.js";
import { checkColumns, checkData } from "./data/check-data.js";
import { checkFeatures } from "./data/check-features.js";
import { checkHeads } from "./heads/check-heads.js";
import { checkLabels } from "./data/check-labels.js";
import { checkLoss } from "./training/check-loss.js";
import { checkUncalled, type UncalledMacro } from "./expand/check-macros.js";
import { checkMetrics } from "./training/check-metrics.js";
import { checkNetwork } from "./network/check-network.js";
import { checkTrain } from "./training/check-train.js";
import { checkTrees } from "./training/check-trees.js";
import { columnUses } from "./data/column-expressions.js";
import type { CheckContext, LabelInfo, SideTables } from "./context.js";
import { checkLeakage } from "./data/leakage.js";
import { lint } from "./lint/lint.js";
import { inferServing } from "./serving/infer-serving.js";
import { servingModel } from "./serving/serving-model.js";
import { checkSelectionBias } from "./events/selection-bias.js";
import { reportServed } from "./serving/served.js";
import type { SpecSymbol } from "./names/symbols.js";
import type { ValueType } from "./values/types.js";

/** What the checker makes of a spec. */
export interface CheckResult {
  /** The typed model; absent when there is an error. */
  readonly model?: Model;
  /** In the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  /** Symbols, references and types, for editors; there for broken specs as well. */
  readonly tables: SideTables;
}

export interface CheckOptions {
  /** The parser reported errors: names without a declaration may be declared in what it left out. */
  readonly incomplete?: boolean;
  /** Names that the file itself imports. */
  readonly imported?: readonly Name[];
  /** Names that were calls of macros before they were expanded. */
  readonly macros?: ReadonlyMap<Name, DefDeclaration>;
  /** Macros that nothing calls. */
  readonly uncalled?: readonly UncalledMacro[];
  /** Names that `remove` took out, where it did. */
  readonly removed?: ReadonlyMap<string, Span>;
}

/** Checks a spec whose imports, variants and macros are expanded. Pure; never throws on any tree the parser makes. */
export function check(spec: Spec, options: CheckOptions = {}): CheckResult {
  const reporter = new Reporter();
  const context = createContext(spec, reporter, options);
  referMacros(context, options.macros);
  const blocks = collectBlocks(spec, reporter);
  const model = checkModel(context, blocks, options.uncalled ?? []);
  return {
    ...omitUndefined({ model }),
    diagnostics: reporter.diagnostics,
    tables: {
      symbols: context.scope.symbols,
      references: context.references,
      types: context.types,
      within: context.within,
    },
  };
}

function createContext(
  spec: Spec,
  reporter: Reporter,
  { incomplete = false, imported = [], removed = new Map() }: CheckOptions,
): CheckContext {
  const labels = new Map<string, LabelInfo>();
  return {
    spec,
    reporter,
    scope: bindNames(spec, reporter),
    incomplete,
    imported,
    removed,
    hasTrees: callsTrees(spec),
    defaults: new Map(),
    labels,
    within: (label) => labels.get(labelOfEvent(label))?.within ?? [],
    references: new Map<Name, SpecSymbol>(),
    types: new Map<AnyNode, ValueType>(),
    reported: new Set(),
    served: new Map(),
  };
}

function callsTrees(spec: Spec): boolean {
  let found = false;
  for (const declaration of spec.declarations)
    if (declaration.kind === "Task")
      visit(declaration, (node) => {
        if (node.kind === "Call" && node.callee.text === treesLayer) found = true;
      });
  return found;
}

function referMacros(context: CheckContext, macros: CheckOptions["macros"]): void {
  for (const [name, def] of macros ?? []) {
    const symbol = context.scope.names.get(def.name.text);
    if (symbol?.kind === "macro") context.references.set(name, symbol);
  }
}

/** All checks, each after those whose results it reads; undefined when something is wrong. */
function checkModel(context: CheckContext, blocks: Blocks, uncalled: readonly UncalledMacro[]): Model | undefined {
  const { reporter } = context;
  const name = checkName(context, blocks.Model);
  for (const [callee, values] of checkDefaults(context, blocks.Defaults)) context.defaults.set(callee, values);
  const data = checkData(context, blocks.Data);
  const features = checkFeatures(context, blocks.Features);
  const labels = checkLabels(context, blocks.Labels);
  checkColumns(context, data, columnsRead(features, labels, blocks, data));
  const state = checkNetwork(context, features);
  const { heads, models, external } = checkHeads(state);
  const loss = checkLoss(state, blocks.Loss, { heads, models }, data);
  checkColumns(context, data, listColumns(loss, data));
  checkLeakage(context, features, labels, data, heads, loss);
  checkSampledLists(context, data, loss);
  const train = checkTrain(context, blocks.Train, heads, { data, loss });
  checkTrees(state, blocks, models, loss);
  const metrics = checkMetrics(context, blocks.Metrics, heads, models, { data, loss }, train.stop);
  checkSelectionBias(context, models, loss);
  const serving = inferServing(context, blocks, { heads, features });
  reportServed(context);
  checkUncalled(state, uncalled, serving.values);
  if (reporter.hasErrors || context.incomplete || name === undefined) return undefined;
  lint(context, models, loss, state.network.nodes);
  return {
    name,
    ...(blocks.Model?.doc === undefined ? {} : { doc: blocks.Model.doc }),
    data,
    features,
    labels,
    nodes: state.network.nodes,
    heads: models,
    loss,
    train,
    metrics,
    ...servingModel(context, serving, models, external),
  };
}

/** A sample keeps some rows of a list, which a loss over lists would take for the whole of it. */
function checkSampledLists({ reporter }: CheckContext, { sample }: Model["data"], { terms }: LossModel): void {
  if (sample === undefined) return;
  for (const { by, head, loss, span } of terms)
    if (by !== undefined)
      reporter.report("MTL4050", { head, loss, label: sample.label }, span, {
        help: "train it on all rows: leave `sample` out, or take a loss of single rows",
      });
}

function checkName({ reporter, spec, incomplete }: CheckContext, declaration: Blocks["Model"]): string | undefined {
  if (declaration !== undefined) return declaration.name.text === "" ? undefined : declaration.name.text;
  // A file without heads and rankings is a part that others import.
  const hasBlocks = spec.declarations.some(({ kind }) => ["Task", "Chain", "Rank", "Loss"].includes(kind));
  if (hasBlocks && !incomplete)
    reporter.report("MTL2013", undefined, { ...spec.span, end: spec.span.start }, { help: "begin with `model feed`" });
  return undefined;
}

/** The columns that losses make lists by, besides the group of the data. */
function listColumns({ terms }: LossModel, { group }: Model["data"]): Parameters<typeof checkColumns>[2] {
  return terms.flatMap(({ by, span }) =>
    by?.kind === "column" && by.column !== group ? [{ column: by.column, span }] : [],
  );
}

function columnsRead(
  features: readonly FeatureModel[],
  labels: readonly LabelModel[],
  blocks: Blocks,
  data: Model["data"],
): Parameters<typeof checkColumns>[2] {
  const roles = (["group", "weight"] as const).flatMap((role) => {
    const entry = blocks.Data?.entries.find((each) => each.key.text === role);
    const column = data[role];
    return entry === undefined || column === undefined ? [] : [{ column, span: entry.value.span }];
  });
  return [
    ...features.flatMap(({ source }) => columnUses(source)),
    ...labels.flatMap(({ source }) => columnUses(source)),
    ...roles,
  ];
}
