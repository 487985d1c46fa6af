import { numberOf, scalarOf } from "../settings.js";
import { learningRate, type Optimizer } from "./optimizer.js";

/** a ← a + g²; θ ← θ − lr·g / (√a + ε). */
export const adagrad: Optimizer = {
  name: "adagrad",
  summary: "Gradient descent whose rate falls for each element with the gradients it has seen; good for rare ids.",
  paper: "Duchi, Hazan, Singer: Adaptive Subgradient Methods for Online Learning and Stochastic Optimization, 2011",
  settings: [
    learningRate(0.01),
    {
      name: "initial",
      type: { kind: "number", min: 0 },
      default: 0.1,
      doc: "What the sum of squared gradients starts at; it damps the first steps.",
    },
    {
      name: "epsilon",
      type: { kind: "number", min: 0 },
      default: 1e-7,
      doc: "Added to the root, so that nothing is divided by zero.",
    },
  ],
  slots: (settings) => [{ name: "accumulator", initial: numberOf(settings, "initial") }],
  rule: ({ builder, parameter, gradient, slots: [accumulator = -1], rate, settings }) => {
    const next = builder.add(accumulator, builder.square(gradient));
    const root = builder.add(builder.sqrt(next), scalarOf(builder, settings, "epsilon"));
    const move = builder.div(builder.mul(rate, gradient), root);
    return { parameter: builder.sub(parameter, move), slots: [next] };
  },
};
