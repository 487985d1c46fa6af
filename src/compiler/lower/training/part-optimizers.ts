/** What trains which parameters, where a spec says it for each part. */
import { type FirstValues, type ParameterGroup, resolveInitializer } from "../../builtins/index.js";
import {
  type Initializer,
  type OptimizerChoice,
  resolveOptimizer,
  resolveSchedule,
  type ScheduleChoice,
} from "../../graph/index.js";
import type { Part, TrainModel } from "../../model/index.js";
import { omitUndefined } from "../../text/index.js";

/** The groups of parameters that a spec may name. */
const groupNames: Readonly<Record<ParameterGroup | "embedding", string | undefined>> = {
  embedding: "embeddings",
  weight: "weights",
  bias: "biases",
  scale: undefined,
};

/** Parameters of one owner: a node, a logit, or the feature of a table. */
export interface Owned {
  readonly owner: string;
  readonly group: ParameterGroup | "embedding";
}

/** The index of the part that parameters belong to: one by its name goes before a group, and `all` is last. */
function partOf(parts: readonly Part[] | undefined, { owner, group }: Owned): number | undefined {
  if (parts === undefined) return undefined;
  const groupAt = (name: string | undefined): number =>
    parts.findIndex(({ of, part }) => of === "group" && part === name);
  const named = parts.findIndex(({ of, part }) => of === "part" && isWithin(owner, part));
  return [named, groupAt(groupNames[group]), groupAt("all")].find((index) => index >= 0);
}

function isWithin(owner: string, part: string): boolean {
  return owner === part || owner.startsWith(`${part}/`) || owner.startsWith(`${part}.`);
}

/** Whether a whole part of the network is frozen: it then computes what serving would. */
export function isFrozenPart({ frozen = [] }: TrainModel, owner: string): boolean {
  return frozen.some(({ of, part }) => of === "part" && isWithin(owner, part));
}

/** Whether parameters are not trained. */
export function isFrozen({ frozen }: TrainModel, owned: Owned): boolean {
  return partOf(frozen, owned) !== undefined;
}

/**
 * What tells apart how parameters are trained: those of one text are trained alike, and the empty text is how all are that no part
 * speaks of.
 */
export function trainedAs(train: TrainModel, owned: Owned): string {
  const [optimizer, schedule, factor] = [train.optimizers, train.schedules, train.lrFactors].map((parts) =>
    partOf(parts, owned),
  );
  return [
    optimizer === undefined ? "" : `/optimizer${optimizer}`,
    schedule === undefined ? "" : `/schedule${schedule}`,
    factor === undefined ? "" : `/rate${factor}`,
    isFrozen(train, owned) ? "/frozen" : "",
  ].join("");
}

/** What trains parameters; undefined where it is what trains all that no part speaks of. */
export function partChoice(train: TrainModel, owned: Owned): OptimizerChoice | undefined {
  const optimizer = train.optimizers?.[partOf(train.optimizers, owned) ?? -1];
  const schedule = train.schedules?.[partOf(train.schedules, owned) ?? -1];
  const factor = train.lrFactors?.[partOf(train.lrFactors, owned) ?? -1]?.factor;
  if (optimizer === undefined && schedule === undefined && factor === undefined) return undefined;
  return {
    ...optimizerChoice(optimizer ?? train.optimizer),
    ...omitUndefined({
      schedule: schedule === undefined ? undefined : scheduleChoice(schedule, schedule.part),
      factor,
    }),
  };
}

/** How parameters start: as the spec says of their part, else as their layer says. */
export function firstValues({ init }: Pick<TrainModel, "init">, owned: Owned, own: FirstValues): Initializer {
  const { fans, ...initializer } = own;
  const said = init?.[partOf(init, owned) ?? -1];
  const rule = fans === undefined || said === undefined ? undefined : resolveInitializer(said.name);
  return fans === undefined || said === undefined || rule === undefined ? initializer : rule.of(fans, said.arguments);
}

export function optimizerChoice({ name, arguments: settings }: TrainModel["optimizer"]): OptimizerChoice {
  const kind = resolveOptimizer(name);
  if (kind === undefined) throw new Error(`there is no optimizer ${name}`);
  return { kind, settings };
}

export function scheduleChoice({ name, arguments: settings }: TrainModel["schedule"], part?: string): ScheduleChoice {
  const kind = resolveSchedule(name);
  if (kind === undefined) throw new Error(`there is no schedule ${name}`);
  return { kind, settings, ...omitUndefined({ part }) };
}
