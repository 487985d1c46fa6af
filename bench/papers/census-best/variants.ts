/** What `specs/census/best.mtl` is made of, step by step from a shared bottom, so that each step can be measured. */

/** One step; `without` is what takes it out of the spec: entries of blocks by block, and declarations. */
interface Step {
  readonly label: string;
  readonly without: {
    readonly train?: Readonly<Record<string, string>>;
    readonly others?: readonly string[];
  };
}

const features = ["age", "wage", "gains", "losses", "stock", "num_emp", "weeks"] as const;
const columns: Readonly<Record<string, string>> = {
  wage: "wage_per_hour",
  gains: "capital_gains",
  losses: "capital_losses",
  stock: "stock_dividends",
  weeks: "weeks_worked",
};

function bucketsBy(option: string): string {
  const entries = features.map((name) => `  ${name}_bin: bucket(${option}, column: "${columns[name] ?? name}")`);
  return `override features {\n${entries.join("\n")}\n}`;
}

/** In the order in which the spec takes them. */
export const steps: readonly Step[] = [
  { label: "a bucket for each quantile of a number", without: { others: ["override input binned = [person]"] } },
  { label: "bins in place of quantiles", without: { others: [bucketsBy("quantiles: 255")] } },
  {
    label: "batches of 2048, a rate of 3e-3 that falls as a cosine",
    without: { train: { optimizer: "adam(lr: 1e-3)", batch: "1024", schedule: "constant" } },
  },
  {
    label: "three layers of crosses, dropout of 0.3",
    without: {
      others: [
        "remove bottom crossed",
        "override bottom both = mlp(x, [256])",
        "override towers t[income, marital] = mlp(both, [16])",
      ],
    },
  },
  {
    label: "embeddings of 16 numbers",
    without: { others: ["override defaults {\n  categorical: { embed: 8 }\n  bucket: { embed: 8 }\n}"] },
  },
  {
    label: "weight decay of 0.1, marital status at 0.3",
    without: { train: { optimizer: "adam(lr: 3e-3)" }, others: ["override loss { marital: bce }"] },
  },
];

/**
 * The spec with its first `count` steps, trained on four fifths of its training rows and measured on the others.
 *
 * @param best path of `best.mtl` from the spec's own folder
 */
export function variantText(count: number, best: string): string {
  const missing = steps.slice(count).map(({ without }) => without);
  // Where two steps change one thing, the earlier says what was there before both.
  const train: Readonly<Record<string, string>> = Object.assign(
    { schedule: "cosine(steps: 312)" },
    ...missing.map((each) => each.train ?? {}).toReversed(),
  );
  const entries = Object.entries(train).map(([key, value]) => `  ${key}: ${value}`);
  return [
    `model census_steps_${count} extends "${best}"`,
    "remove data test",
    "data { split: split(0.8) }",
    ...missing.flatMap((each) => each.others ?? []),
    `override train {\n${entries.join("\n")}\n}`,
  ]
    .join("\n\n")
    .concat("\n");
}
