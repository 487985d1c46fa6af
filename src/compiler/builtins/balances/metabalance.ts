import { numberArgument, optionalNumber } from "../arguments.js";
import type { BalanceBuiltin } from "../builtin.js";
import { onParameter } from "../on-parameter.js";
import { diagonal, guarded, inner } from "../vectors.js";

/** gₖ ← r·gₖ·m₀/mₖ + (1 − r)·gₖ tensor by tensor, m being running means of the norms and m₀ that of the target. */
export const metabalance: BalanceBuiltin = {
  kind: "balance",
  form: "gradients",
  name: "metabalance",
  summary: "Scales the gradients of the other losses to the size of the target's, for each shared tensor by itself.",
  paper:
    "He et al.: MetaBalance: Improving Multi-Task Recommendations via Adapting Gradient Magnitudes of Auxiliary Tasks, 2022",
  parameters: [
    {
      name: "target",
      type: { kind: "reference", to: "head" },
      default: null,
      doc: "The head whose loss counts; without it, that of the first loss.",
    },
    {
      name: "relax",
      type: { kind: "number", min: 0, max: 1 },
      default: 0.7,
      doc: "r: 1 makes all gradients as large as the target's, 0 leaves them as they are.",
    },
    {
      name: "beta",
      type: { kind: "number", min: 0, max: 1, maxOpen: true },
      default: 0.9,
      doc: "Share of the running mean of each norm that is kept in each step.",
    },
    onParameter,
    {
      name: "epsilon",
      type: { kind: "number", min: 0 },
      default: 0,
      elided: true,
      doc: "Added to each norm that is divided by, which holds back what has small gradients.",
    },
  ],
  weightsOwn: false,
  perTensor: true,
  check: ({ target }, heads) =>
    typeof target !== "string" || heads.includes(target)
      ? undefined
      : `has \`${target}\` as its target, which has no loss`,
  rule: ({ builder, arguments: args, heads, memory }) => ({
    by: "products",
    over: "tensor",
    coefficients: (products, tensor = "") => {
      const { target } = args;
      const beta = numberArgument(args, "beta");
      const relax = numberArgument(args, "relax");
      const norms = builder.sqrt(diagonal(builder, products));
      const running = memory(`norm/${tensor}`, [heads.length], 0);
      const next = builder.add(builder.scale(running.value, beta), builder.scale(norms, 1 - beta));
      running.update(next);
      const at = typeof target === "string" ? heads.indexOf(target) : 0;
      const isTarget = builder.constant(
        { dtype: "float32", shape: [heads.length] },
        heads.map((_, k) => (k === at ? 1 : 0)),
      );
      const floor = builder.scalar(optionalNumber(args, "epsilon") ?? 0);
      const ratio = builder.div(inner(builder, next, isTarget), guarded(builder, builder.add(next, floor)));
      const scales = builder.add(builder.scale(ratio, relax), builder.scalar(1 - relax));
      // Where the target does not reach there is nothing to be as large as.
      const isReached = builder.less(builder.scalar(0), builder.mul(next, inner(builder, next, isTarget)));
      return builder.select(isReached, scales, builder.scalar(1));
    },
  }),
};
