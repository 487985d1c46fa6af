/** The seven methods, what a search chooses for each, and the spec that a choice comes to. */
import type { Draws } from "../../../src/runtime/statistics/index.js";

/** The groups of tasks: 1 is income and marital status, 2 education and marital status. */
export const groups = [1, 2] as const;
export type Group = (typeof groups)[number];

/** What a search chooses, by the names of the `def`s in the specs. */
export type Choice = Readonly<Record<string, number>>;

/** The values that a number is drawn from: some, each as likely, or a range, evenly by logarithm. */
type Range = readonly number[] | { readonly low: number; readonly high: number };

export interface Method {
  /** The name of its spec. */
  readonly name: string;
  readonly label: string;
  /** What is its own to choose, besides {@link sharedRanges}. */
  readonly ranges: Readonly<Record<string, Range>>;
}

/** Layers of at most 2048 units, as in the paper; experts count together. */
const units = [32, 64, 128, 256, 512] as const;

export const methods: readonly Method[] = [
  { name: "single", label: "Single task", ranges: { units } },
  { name: "shared_bottom", label: "Shared bottom", ranges: { units } },
  { name: "l2_constrained", label: "L2-constrained", ranges: { units, strength: { low: 1e-5, high: 1e-1 } } },
  { name: "cross_stitch", label: "Cross-stitch", ranges: { units, stitched: [16, 32, 64, 128] } },
  {
    name: "tensor_factorization",
    label: "Tensor factorization",
    ranges: { units, rank_inputs: [8, 16, 32, 64], rank_units: [8, 16, 32], rank_tasks: [1, 2] },
  },
  { name: "omoe", label: "OMoE", ranges: { units: [8, 16, 32, 64], pool_size: [2, 4, 8, 16] } },
  { name: "mmoe", label: "MMoE", ranges: { units: [8, 16, 32, 64], pool_size: [2, 4, 8, 16] } },
];

/** Learning rate and length of training, as in the paper, and the same regularization for every method. */
const sharedRanges: Readonly<Record<string, Range>> = {
  rate: { low: 3e-4, high: 5e-3 },
  epochs: [2, 3, 4, 5],
  decay: { low: 1e-5, high: 1e-1 },
  dropped: [0, 0.1, 0.2, 0.3],
  input_dropped: [0, 0.1, 0.2],
};

/** The choices of a search: the first is empty, which leaves a spec as it is, the others are drawn. */
export function drawChoices(method: Method, trials: number, draws: Draws): readonly Choice[] {
  const ranges = Object.entries({ ...method.ranges, ...sharedRanges });
  return Array.from({ length: trials }, (_, trial) =>
    trial === 0 ? {} : Object.fromEntries(ranges.map(([name, range]) => [name, drawFrom(range, draws)])),
  );
}

function drawFrom(range: Range, { uniform }: Draws): number {
  if (!("low" in range)) return range[Math.floor(uniform() * range.length)]!;
  const { low, high } = range;
  // Two digits are enough, and can be read.
  return Number((low * (high / low) ** uniform()).toPrecision(2));
}

/** The folder of the parts that {@link specText} puts together, relative to the project. */
export const specsFolder = "bench/papers/mmoe-census/specs";

/** A method on a group of tasks. @param parts path of {@link specsFolder} from the spec's own folder, with / between */
export function specText(method: Method, group: Group, choice: Choice, parts: string): string {
  const imports = ["protocol", `group${group}`, method.name].map((part) => `import "${parts}/${part}.mtl"`);
  const chosen = Object.entries(choice).map(([name, value]) => `override def ${name}() = ${value}`);
  return [`model ${method.name}_group${group}`, imports.join("\n"), ...(chosen.length > 0 ? [chosen.join("\n")] : [])]
    .join("\n\n")
    .concat("\n");
}
