import { fraction } from "../options.js";
import { pagesField } from "../texts.js";
import { verb } from "../verb.js";
import { similarityOf, varietyClauses, varietyOptions, varietyText } from "./variety.js";

export const dpp = verb({
  summary: "Orders by a determinantal point process: scores against similarity.",
  example: "dpp name of embedding in top 50",
  clauses: varietyClauses,
  options: { theta: fraction(0.7, { maxOpen: true }), ...varietyOptions },
  model: ({ base, clauses: { of, "in top": top }, options }) => ({
    ...base,
    verb: "dpp",
    similarity: similarityOf(of, options),
    ...(top === undefined ? {} : { top }),
    ...pagesField(options),
    weight: options.theta,
  }),
  text: (rule, write) => varietyText(rule, "theta", write),
});
