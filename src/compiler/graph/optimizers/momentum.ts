import { scalarOf } from "../settings.js";
import { decayRate, learningRate, type Optimizer } from "./optimizer.js";

/** v ← μv + g; θ ← θ − lr·v, or θ ← θ − lr·(g + μv) with Nesterov's look ahead. */
export const momentum: Optimizer = {
  name: "momentum",
  summary: "Gradient descent along a running sum of gradients.",
  paper:
    "Polyak: Some Methods of Speeding up the Convergence of Iteration Methods, 1964; Sutskever et al.: On the Importance of Initialization and Momentum in Deep Learning, 2013",
  settings: [
    learningRate(0.01),
    decayRate("momentum", 0.9, "Share of the running sum that is kept in each step."),
    {
      name: "nesterov",
      type: { kind: "boolean" },
      default: false,
      doc: "Move by the gradient as it will be after the momentum's own move.",
    },
  ],
  slots: () => [{ name: "velocity", initial: 0 }],
  rule: ({ builder, parameter, gradient, slots: [velocity = -1], rate, settings }) => {
    const kept = scalarOf(builder, settings, "momentum");
    const next = builder.add(builder.mul(kept, velocity), gradient);
    const direction = settings["nesterov"] === true ? builder.add(gradient, builder.mul(kept, next)) : next;
    return { parameter: builder.sub(parameter, builder.mul(rate, direction)), slots: [next] };
  },
};
