import { numbersArgument } from "../../arguments.js";
import type { LayerBuiltin } from "../../builtin.js";
import { inputRows } from "../../replicas.js";
import { problem, shapeOf, shapeText } from "../../shapes.js";

export const piecewiseLinear: LayerBuiltin = {
  kind: "layer",
  name: "piecewise_linear",
  summary:
    "A number as how much of each interval it has passed: 1 of those below it, 0 of those above, in between of its own.",
  paper: "Gorishniy, Rubachev, Babenko: On Embeddings for Numerical Features in Tabular Deep Learning, 2022, eq. 1",
  inputs: ["x"],
  parameters: [
    {
      name: "boundaries",
      type: { kind: "numbers" },
      doc: "Where the intervals begin and end, in ascending order, of the number as the network reads it: k + 1 of them make k intervals.",
    },
  ],
  shape: ([shape = []], args) => {
    const boundaries = numbersArgument(args, "boundaries");
    if (shape.length !== 1 || shape[0] !== 1) return problem(`needs one number per row, has ${shapeText(shape)}`);
    if (boundaries.length < 2) return problem(`needs two boundaries or more, has ${boundaries.length}`);
    const wrong = boundaries.findIndex((each, i) => i > 0 && each <= (boundaries[i - 1] ?? each));
    return wrong < 0
      ? shapeOf(boundaries.length - 1)
      : problem(
          `needs boundaries in ascending order, has ${boundaries[wrong] ?? ""} after ${boundaries[wrong - 1] ?? ""}`,
        );
  },
  lower: (context) => {
    const { builder } = context;
    const x = inputRows(context, 0);
    const boundaries = numbersArgument(context.arguments, "boundaries");
    const last = boundaries.length - 2;
    const parts = boundaries.slice(0, -1).map((low, index) => {
      const size = (boundaries[index + 1] ?? low) - low;
      const passed = builder.scale(builder.sub(x, builder.scalar(low)), 1 / size);
      // The first interval goes on below, the last one above.
      const above = index === 0 ? passed : builder.maximum(passed, builder.scalar(0));
      return index === last ? above : builder.minimum(above, builder.scalar(1));
    });
    return builder.concat(parts, -1);
  },
};
