import { learningRate, type Optimizer } from "./optimizer.js";

/** θ ← θ − lr·g. */
export const sgd: Optimizer = {
  name: "sgd",
  summary: "Plain stochastic gradient descent.",
  paper: "Robbins, Monro: A Stochastic Approximation Method, 1951",
  settings: [learningRate(0.01)],
  slots: () => [],
  rule: ({ builder, parameter, gradient, rate }) => ({
    parameter: builder.sub(parameter, builder.mul(rate, gradient)),
    slots: [],
  }),
};
