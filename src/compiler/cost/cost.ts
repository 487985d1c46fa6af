import type { Program } from "../graph/index.js";
import { parameterTable, type ParameterRow, lowerModel, planEmbeddings, type ServingValues } from "../lower/index.js";
import type { FittedSizes, Model } from "../model/index.js";
import { countFlops } from "./flops.js";
import { type IdCount, idCounts, sizesOfCounts } from "./id-counts.js";
import { type Part, partOfTensor, partsOf, partsOfTasks } from "./parts.js";

export interface Amount {
  /** Trained numbers. */
  readonly parameters: number;
  /** Of what is served: parameters and running statistics, 4 bytes a number. */
  readonly bytes: number;
  /** Floating-point operations of one served row; see `flops.ts` for what counts. */
  readonly flops: number;
}

export interface PartCost extends Part, Amount {
  /** The tasks that are computed from it, in the order of the spec. */
  readonly tasks: readonly string[];
}

export interface Cost {
  readonly model: string;
  /** Parts that cost something, in the order of the network. */
  readonly parts: readonly PartCost[];
  readonly total: Amount;
  /** Of parts that two or more tasks are computed from; of those that one is, or none. */
  readonly shared: Amount;
  readonly private: Amount;
  /** What each task would cost with a model of its own: the parts that it is computed from. */
  readonly tasks: readonly (Amount & { readonly name: string })[];
  /** The sum of those. */
  readonly separate: Amount;
  /** What training holds besides: the optimizer's memory. */
  readonly optimizerBytes: number;
  /** Embedding tables, and how a training step updates them. */
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly width: number;
    readonly update: "sparse" | "dense";
    readonly reason: string;
  }[];
  readonly ids: readonly IdCount[];
}

const bytesPerNumber = 4;
const nothing: Amount = { parameters: 0, bytes: 0, flops: 0 };

/** What a model costs. `given`: numbers of ids that are known, "unknown" included; the others are as {@link idCounts} says. */
export function costOf(model: Model, given: FittedSizes["ids"] = {}): Cost {
  const ids = idCounts(model, given);
  const sizes = sizesOfCounts(ids);
  const parts = partsOf(model);
  const byTask = partsOfTasks(model);
  const { rows, flops } = measureModel(model, sizes);
  const names = new Set(parts.map(({ name }) => name));
  const isPart = (name: string): boolean => names.has(name);
  const costs = parts.map((part): PartCost => {
    const own = rows.filter(({ name }) => partOfTensor(name, isPart) === part.name);
    const tasks = [...byTask].flatMap(([task, reads]) => (reads.has(part.name) ? [task] : []));
    return { ...part, ...amountOf(own, flops.get(part.name) ?? 0), tasks };
  });
  const tasks = [...byTask].map(([name, reads]) => ({
    name,
    ...sum(costs.filter((part) => reads.has(part.name))),
  }));
  return {
    model: model.name,
    parts: costs.filter(({ parameters, bytes, flops: operations }) => parameters + bytes + operations > 0),
    total: amountOf(
      rows,
      [...flops.values()].reduce((total, each) => total + each, 0),
    ),
    shared: sum(costs.filter((part) => part.tasks.length > 1)),
    private: sum(costs.filter((part) => part.tasks.length <= 1)),
    tasks,
    separate: sum(tasks),
    optimizerBytes: bytesPerNumber * countOf(rows.filter(({ role }) => role === "slot")),
    tables: tablesOf(model, sizes),
    ids,
  };
}

/** The tensors of a model's program, and the operations of `predict` by part. */
export interface MeasuredModel {
  readonly rows: readonly ParameterRow[];
  readonly flops: ReadonlyMap<string, number>;
}

/** Lowers a model and counts; a model without predictions has nothing to count. */
export function measureModel(model: Model, sizes: FittedSizes): MeasuredModel {
  if (model.heads.length === 0) return { rows: [], flops: new Map() };
  const program = assumedProgram(model, sizes.ids);
  const predict = program.functions.find(({ name }) => name === "predict");
  return { rows: parameterTable(program), flops: predict === undefined ? new Map() : countFlops(predict) };
}

export function totalOf({ rows, flops }: MeasuredModel): Amount {
  return amountOf(
    rows,
    [...flops.values()].reduce((total, each) => total + each, 0),
  );
}

/** The program of a model with heads before its data is read: sizes are as {@link idCounts} says, values at serving any. */
export function assumedProgram(model: Model, given: FittedSizes["ids"] = {}): Program {
  return lowerModel(model, sizesOfCounts(idCounts(model, given)), { serving: anyServingValues(model) });
}

/** Shapes do not depend on what serving sees. */
function anyServingValues(model: Model): ServingValues {
  return Object.fromEntries(
    model.features.flatMap(({ name, serving }) => (serving.kind === "value" ? [[name, [0]]] : [])),
  );
}

function tablesOf(model: Model, sizes: FittedSizes): Cost["tables"] {
  return planEmbeddings(model, sizes).map(({ name, rows, width, update, reason }) => ({
    name,
    rows,
    width,
    update,
    reason,
  }));
}

function amountOf(rows: readonly ParameterRow[], flops: number): Amount {
  const parameters = countOf(rows.filter(({ role }) => role === "parameter"));
  const statistics = countOf(rows.filter(({ role }) => role === "statistic"));
  return { parameters, bytes: bytesPerNumber * (parameters + statistics), flops };
}

function countOf(rows: readonly ParameterRow[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}

function sum(amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (total, each) => ({
      parameters: total.parameters + each.parameters,
      bytes: total.bytes + each.bytes,
      flops: total.flops + each.flops,
    }),
    nothing,
  );
}
