import type { OpBuilder } from "../../graph/op-builder.js";
import type { ValueId } from "../../graph/graph.js";
import { numberArgument } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { solve } from "../solve.js";
import { correlations, identity, inner, sizeOf, times } from "../vectors.js";

/** Steps towards the solution for more than two. */
const steps = 20;
/** Gradients that cancel have no bargain; this near to it they are as if they had. */
const leastSum = 1e-4;

/** Σ αₖ gₖ with α > 0 and ⟨Σ α g, gₖ⟩ = 1/αₖ, shortened to `max_norm`. */
export const nashMtl: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "nash_mtl",
  summary: "Mixes the gradients as a bargain in which no loss gains more, relatively, than another one gives up.",
  paper: "Navon et al.: Multi-Task Learning as a Bargaining Game, 2022",
  parameters: [
    {
      name: "max_norm",
      type: { kind: "number", min: 0, minOpen: true },
      default: 1,
      doc: "The norm that the mix is shortened to; as it comes it is √K.",
    },
    onParameter,
  ],
  weightsOwn: false,
  rule: ({ builder, arguments: args }) => ({
    by: "products",
    over: "all",
    coefficients: (products) => {
      const { cosines, norms, isThere } = correlations(builder, products);
      const values = bargain(builder, cosines);
      const mix = builder.mul(builder.div(values, norms), isThere);
      const square = inner(builder, times(builder, products, mix), mix);
      const limit = builder.scalar(numberArgument(args, "max_norm"));
      const length = builder.sqrt(builder.maximum(square, builder.scalar(0)));
      return builder.mul(mix, builder.div(limit, builder.maximum(length, limit)));
    },
  }),
};

/** Of gradients of length 1, β > 0 with β (R β) = 1: where ½ βᵀRβ − Σ log β is least, by Newton's damped steps. */
function bargain(builder: OpBuilder, cosines: ValueId): ValueId {
  const one = builder.scalar(1);
  const count = sizeOf(builder, cosines);
  const sums = builder.maximum(builder.sum(cosines, { axes: [1] }), builder.scalar(leastSum));
  // 1/√(1 + cosine), which for two is the solution.
  let values = count === 2 ? builder.div(one, builder.sqrt(sums)) : builder.ones([count]);
  for (let step = 0; step < (count === 2 ? 0 : steps); step += 1) {
    const inverse = builder.div(one, values);
    const slope = builder.sub(times(builder, cosines, values), inverse);
    const curvature = builder.mul(identity(builder, count), builder.square(inverse));
    const move = solve(builder, builder.add(cosines, curvature), slope);
    const decrement = builder.sqrt(builder.maximum(inner(builder, slope, move), builder.scalar(0)));
    values = builder.sub(values, builder.div(move, builder.add(one, decrement)));
  }
  return values;
}
