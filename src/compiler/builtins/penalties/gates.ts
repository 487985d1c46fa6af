/** Penalties on gates: how evenly experts are used, and how sure a gate is. */
import type { GraphBuilder } from "../../graph/builder.js";
import type { ValueId } from "../../graph/graph.js";
import type { GateFact, GateValue, PenaltyBuiltin, PenaltyContext } from "../builtin.js";

/** Inside logarithms and quotients that could be 0 / 0. */
const tiny = 1e-10;

function onGates(
  row: Pick<PenaltyBuiltin, "name" | "summary" | "paper"> & { readonly reads?: GateFact },
  of: (context: PenaltyContext, gate: GateValue) => ValueId,
): PenaltyBuiltin {
  return {
    kind: "penalty",
    ...row,
    on: "gates",
    parameters: [],
    lower: (context) =>
      context.gates.map((gate) => of(context, gate)).reduce((sum, each) => context.builder.add(sum, each)),
  };
}

/** Σ over the rows that count of [B, n]. */
function overRows({ builder, present }: PenaltyContext, values: ValueId): ValueId {
  return builder.sum(builder.mul(values, builder.expandDims(present(), 1)), { axes: [0] });
}

/** variance / mean² of [n]. */
function squaredVariation(builder: GraphBuilder, values: ValueId): ValueId {
  const mean = builder.mean(values);
  const variance = builder.mean(builder.square(builder.sub(values, mean)));
  return builder.div(variance, builder.add(builder.square(mean), builder.scalar(tiny)));
}

const shazeer = "Shazeer et al.: Outrageously Large Neural Networks: The Sparsely-Gated Mixture-of-Experts Layer, 2017";

export const importance = onGates(
  {
    name: "importance",
    summary:
      "The squared coefficient of variation of the experts' weights, summed over the batch: 0 where all are equal.",
    paper: `${shazeer}, eq. 6 and 7`,
  },
  (context, { weights }) => squaredVariation(context.builder, overRows(context, weights)),
);

export const load = onGates(
  {
    name: "load",
    summary:
      "The squared coefficient of variation of the number of rows that each expert can expect under the gate's noise.",
    paper: `${shazeer}, appendix A`,
    reads: "load",
  },
  (context, gate) => {
    if (gate.load === undefined) throw new Error("the gate has no load");
    return squaredVariation(context.builder, overRows(context, gate.load));
  },
);

export const entropy = onGates(
  {
    name: "entropy",
    summary: "The mean entropy of the gate's selectors per row, in nats: 0 where each has chosen one expert.",
    paper: "Hazimeh et al.: DSelect-k, 2021, section 3.2",
    reads: "selectors",
  },
  (context, gate) =>
    perRow(context, gate, (selectors) => {
      const { builder } = context;
      const logs = builder.log(builder.add(selectors, builder.scalar(1e-6)));
      return builder.neg(builder.sum(builder.mul(selectors, logs), { axes: [2] }));
    }),
);

export const reachable = onGates(
  {
    name: "reachable",
    summary:
      "The mean of 1 / Σ of each selector's weights per row: keeps them on codes that have an expert, where their number is not a power of 2.",
    paper: "Hazimeh et al.: DSelect-k, 2021, appendix",
    reads: "selectors",
  },
  (context, gate) =>
    perRow(context, gate, (selectors) => {
      const { builder } = context;
      return builder.div(builder.scalar(1), builder.add(builder.sum(selectors, { axes: [2] }), builder.scalar(tiny)));
    }),
);

/** The mean over the rows that count of the sum over selectors of what `of` makes of them: [B, k, n] → [B, k]. */
function perRow(context: PenaltyContext, { selectors }: GateValue, of: (selectors: ValueId) => ValueId): ValueId {
  if (selectors === undefined) throw new Error("the gate has no selectors");
  const { builder } = context;
  const present = context.present();
  const rows = builder.sum(of(selectors), { axes: [1] });
  const count = builder.maximum(builder.sum(present), builder.scalar(1));
  return builder.div(builder.sum(builder.mul(rows, present)), count);
}
