import type { LayerBuiltin } from "./builtin.js";
import { shapeOf } from "./shapes.js";

/** LightGBM makes the trees; a program is fed their sums. */
export const trees: LayerBuiltin = {
  kind: "layer",
  name: "trees",
  summary: "Gradient boosted regression trees over features, made by LightGBM; the whole logit of a task.",
  paper: "Ke et al.: LightGBM: A Highly Efficient Gradient Boosting Decision Tree, 2017",
  inputs: "variadic",
  parameters: [
    {
      name: "rounds",
      type: { kind: "number", min: 1, max: 100_000, integer: true },
      default: 100,
      doc: "Number of trees; early stopping may keep fewer.",
    },
    {
      name: "leaves",
      type: { kind: "number", min: 2, max: 131_072, integer: true },
      default: 31,
      doc: "The most leaves that a tree has.",
    },
    {
      name: "lr",
      type: { kind: "number", min: 0, minOpen: true },
      default: 0.1,
      doc: "What each tree is multiplied with.",
    },
    {
      name: "depth",
      type: { kind: "number", min: 1, max: 1000, integer: true },
      default: null,
      doc: "The most splits on the way to a leaf; without it no limit.",
    },
    {
      name: "min_rows",
      type: { kind: "number", min: 0, integer: true },
      default: 20,
      doc: "The fewest training rows of a leaf.",
    },
    {
      name: "min_hessian",
      type: { kind: "number", min: 0 },
      default: 0.001,
      doc: "The smallest sum of second derivatives of a leaf.",
    },
    {
      name: "min_gain",
      type: { kind: "number", min: 0 },
      default: 0,
      doc: "What a split must lower the objective by at least.",
    },
    { name: "l1", type: { kind: "number", min: 0 }, default: 0, doc: "L1 regularization of the leaves." },
    { name: "l2", type: { kind: "number", min: 0 }, default: 0, doc: "L2 regularization of the leaves." },
    {
      name: "row_share",
      type: { kind: "number", min: 0, max: 1, minOpen: true },
      default: 1,
      doc: "Share of the rows that each tree is made from, drawn by the seed.",
    },
    {
      name: "feature_share",
      type: { kind: "number", min: 0, max: 1, minOpen: true },
      default: 1,
      doc: "Share of the features that each tree may split by, drawn by the seed.",
    },
    {
      name: "bins",
      type: { kind: "number", min: 2, max: 65_535, integer: true },
      default: 255,
      doc: "The most thresholds that are tried of a number.",
    },
  ],
  shape: () => shapeOf(1),
  isFed: true,
  lower: ({ fed }) => fed(),
};
