import { fraction } from "../options.js";
import { pagesField } from "../texts.js";
import { verb } from "../verb.js";
import { similarityOf, varietyClauses, varietyOptions, varietyText } from "./variety.js";

export const mmr = verb({
  summary: "Orders by score against similarity to what is above: maximal marginal relevance.",
  example: "mmr name of embedding in top 50",
  clauses: varietyClauses,
  options: { lambda: fraction(0.7), ...varietyOptions },
  model: ({ base, clauses: { of, "in top": top }, options }) => ({
    ...base,
    verb: "mmr",
    similarity: similarityOf(of, options),
    ...(top === undefined ? {} : { top }),
    ...pagesField(options),
    weight: options.lambda,
  }),
  text: (rule, write) => varietyText(rule, "lambda", write),
});
