import { valueKey } from "../clauses.js";
import { verb } from "../verb.js";

export const dedupe = verb({
  summary: "Keeps the first item of each value.",
  example: "dedupe name of item_id",
  clauses: { of: valueKey },
  options: {},
  model: ({ base, clauses: { of } }) => ({ ...base, verb: "dedupe", key: of }),
  text: ({ key }, write) => [`of ${write.key(key)}`],
});
