import { numberArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { meanLosses, stepsParameter } from "../intervals.js";
import { guarded, inner, logsOf, vectorOf } from "../vectors.js";

/** Far below every logarithm of a loss. */
const farBelow = -1e4;

/**
 * K·μ·log Σ exp(log(Lₖ / nₖ) / μ), nₖ being the mean loss over the last epoch of a warm-up, in which Σ log Lₖ is minimised.
 */
export const stch: BalanceBuiltin = {
  kind: "balance",
  form: "losses",
  name: "stch",
  summary: "Minimises a smooth maximum of the losses, each relative to what it was after a warm-up.",
  paper: "Lin et al.: Smooth Tchebycheff Scalarization for Multi-Objective Optimization, 2024",
  parameters: [
    {
      name: "mu",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "How smooth the maximum is; near 0 only the largest counts.",
    },
    {
      name: "warmup",
      type: { kind: "number", min: 0, integer: true },
      default: 4,
      doc: "How many epochs the warm-up takes, or how many times `steps`.",
    },
    stepsParameter,
  ],
  weight: (context) => {
    const { builder, arguments: args, losses } = context;
    const [mu, warmup] = [numberArgument(args, "mu"), numberArgument(args, "warmup")];
    const present = vectorOf(builder, context.present);
    const logs = vectorOf(builder, logsOf(builder, losses));
    const { ended, isNew, last } = meanLosses(context);
    const nadir = context.memory("nadir", [losses.length], 1);
    const isAtEnd = builder.and(isNew, builder.equal(ended, builder.scalar(warmup)));
    const known = builder.select(builder.less(builder.scalar(0), last), last, builder.scalar(1));
    const from = builder.select(isAtEnd, known, nadir.value);
    nadir.update(from);
    const relative = builder.sub(logs, builder.log(guarded(builder, from)));
    const counted = builder.select(builder.less(builder.scalar(0), present), relative, builder.scalar(farBelow));
    const largest = builder.stopGradient(builder.max(counted));
    const sum = builder.sum(builder.exp(builder.scale(builder.sub(counted, largest), 1 / mu)));
    const smooth = builder.scale(builder.add(builder.scale(builder.log(sum), mu), largest), losses.length);
    const isWarm = builder.less(ended, builder.scalar(warmup));
    return builder.select(isWarm, inner(builder, logs, present), smooth);
  },
};
