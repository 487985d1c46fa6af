import { numberArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { adamStep } from "../small-adam.js";
import { guarded, inner, logsOf, vectorOf } from "../vectors.js";

/**
 * Σ zₖ log Lₖ / c, c = Σ zₖ/Lₖ, z = softmax(w). w moves against the change of log L since the step before, each δₖ
 * through the softmax: zₖ (δₖ − ⟨z, δ⟩), by Adam with the decay γ.
 */
export const famo: BalanceBuiltin = {
  kind: "balance",
  form: "losses",
  name: "famo",
  summary: "Weights the logarithms of the losses so that all fall at the same rate, without a gradient of each.",
  paper: "Liu et al.: FAMO: Fast Adaptive Multitask Optimization, 2023",
  parameters: [
    { name: "lr", type: { kind: "number", min: 0 }, default: 0.025, doc: "How fast the weights learn." },
    {
      name: "gamma",
      type: { kind: "number", min: 0 },
      default: 0.001,
      doc: "How much of each weight's logit decays: 0 forgets nothing.",
    },
  ],
  weight: (context) => {
    const { builder, arguments: args, losses, memory } = context;
    const shape = [losses.length];
    const present = vectorOf(builder, context.present);
    const logs = vectorOf(builder, logsOf(builder, losses));
    const logits = memory("logits", shape, 0);
    const before = memory("log_loss", shape, 0);
    const known = memory("known", shape, 0);
    // What a loss has become counts from the second time that it is there.
    const fallen = builder.mul(
      builder.sub(before.value, builder.stopGradient(logs)),
      builder.mul(present, known.value),
    );
    const old = builder.softmax(logits.value);
    const slope = builder.mul(old, builder.sub(fallen, inner(builder, old, fallen)));
    const decay = builder.scale(logits.value, numberArgument(args, "gamma"));
    // The first step has nothing to compare with and moves nothing: Adam begins with the second.
    const time = builder.maximum(context.steps, builder.scalar(1));
    const gradient = builder.add(slope, decay);
    const next = adamStep(context, { value: logits.value, gradient, rate: numberArgument(args, "lr"), time });
    logits.update(next);
    before.update(builder.select(builder.less(builder.scalar(0), present), logs, before.value));
    known.update(builder.maximum(known.value, present));
    const shares = builder.mul(builder.softmax(next), present);
    const rate = inner(builder, shares, builder.exp(builder.neg(builder.stopGradient(logs))));
    return builder.div(inner(builder, shares, logs), guarded(builder, rate));
  },
};
