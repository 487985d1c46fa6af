/** A model of many tasks of one form, whose steps are stacked. */
import type { Model } from "../../src/compiler/model/index.js";
import { modelOf } from "./harness.js";

/** MMoE of `count` tasks, each with a gate and a tower; `weight` goes before the loss of each, `more` behind all. */
export function manyTasks(count: number, weight: (at: number) => string = () => "", more = ""): Model {
  const numbers = Array.from({ length: count }, (_, at) => at);
  return modelOf(`model m
    features { a: categorical(hash: 5, embed: 4), x: numeric(scale: none) }
    labels { ${numbers.map((at) => `y${at}: event`).join("\n")} }
    input all = [a, x]
    experts pool[${count}] = mlp(all, [6])
    ${numbers
      .map(
        (at) => `gate g${at} = softmax(all) over pool
    tower t${at} = mlp(g${at}, [5])
    task p${at}: P(y${at}) = sigmoid(logit(t${at}))`,
      )
      .join("\n")}
    loss { ${numbers.map((at) => `p${at}: ${weight(at)}bce`).join("\n")} }
    ${more}`);
}
