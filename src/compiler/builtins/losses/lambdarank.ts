import { optionalNumber } from "../arguments.js";
import type { ListLossBuiltin, ListLossContext } from "../builtin.js";
import { atParameter, gainParameter } from "../list-parameters.js";
import { discount, idealDcg, meanOverLists, quotient, whereMember } from "../list-values.js";
import type { ValueId } from "../../graph/graph.js";

/** LightGBM takes no longer lists. */
const allPositions = 10_000;

export const lambdarank: ListLossBuiltin = {
  kind: "loss",
  per: "list",
  name: "lambdarank",
  summary:
    "−|ΔNDCG|·log σ(sᵢ − sⱼ), summed over the pairs of a list of which row i gains more: ΔNDCG is what their exchange would change.",
  paper: "Burges: From RankNet to LambdaRank to LambdaMART: An Overview, 2010",
  heads: ["probability", "expectation", "score"],
  parameters: [gainParameter, atParameter],
  trees: {
    activation: "identity",
    parameters: (args) => ({
      objective: "lambdarank",
      lambdarank_truncation_level: optionalNumber(args, "at") ?? allPositions,
    }),
  },
  lower: (context) => {
    const { builder, gain, score, lists } = context;
    const at = optionalNumber(context.arguments, "at");
    const [own, members] = [lists.own(gain), lists.members(gain)];
    const worth = discount(context, positions(context), at);
    const change = builder.mul(
      builder.abs(builder.sub(own, members)),
      builder.abs(builder.sub(lists.own(worth), lists.members(worth))),
    );
    const ideal = idealDcg(context, at);
    const pairs = builder.mul(change, whereMember(context, builder.less(members, own)));
    const logistic = builder.softplus(builder.sub(lists.members(score), lists.own(score)));
    const rows = builder.sum(builder.mul(builder.stopGradient(pairs), logistic), { axes: [1] });
    return meanOverLists(context, quotient(context, lists.sum(rows), ideal), ideal);
  },
};

/**
 * [B]: the position of each row in its list by score, counted from 1. Of equal scores the smaller gain is first, so that a
 * tie is a mistake to be put right; rows of equal score and gain share the mean of their positions.
 */
function positions(context: ListLossContext): ValueId {
  const { builder, gain, lists } = context;
  const score = builder.stopGradient(context.score);
  const [own, members] = [lists.own(score), lists.members(score)];
  const [ownGain, gains] = [lists.own(gain), lists.members(gain)];
  const isTied = builder.equal(own, members);
  const isBefore = builder.or(builder.less(own, members), builder.and(isTied, builder.less(gains, ownGain)));
  const isTwin = builder.and(builder.and(isTied, builder.equal(gains, ownGain)), builder.not(lists.isSelf()));
  const ahead = builder.add(whereMember(context, isBefore), builder.scale(whereMember(context, isTwin), 0.5));
  return builder.add(builder.scalar(1), builder.sum(ahead, { axes: [1] }));
}
