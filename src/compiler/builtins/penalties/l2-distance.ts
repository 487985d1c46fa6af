import type { ValueId } from "../../graph/graph.js";
import type { Arguments } from "../../model/model.js";
import { numberArgument, textArgument } from "../arguments.js";
import type { PenalizedPart, PenaltyBuiltin } from "../builtin.js";

/** Inside the root, whose slope at 0 is not finite. */
const tiny = 1e-12;

export const l2Distance: PenaltyBuiltin = {
  kind: "penalty",
  name: "l2_distance",
  summary:
    "The sum over all pairs of parts of the squared distance between their weights and biases, layer by layer: networks of one shape, pulled together.",
  paper:
    "Duong, Cohn, Bird, Cook: Low Resource Dependency Parsing: Cross-lingual Parameter Sharing in a Neural Network Parser, 2015",
  on: "parts",
  parameters: [
    {
      name: "norm",
      type: { kind: "choice", values: ["l2_squared", "l2"] },
      default: "l2_squared",
      doc: "Whether the distance of two parts is squared.",
    },
    {
      name: "layers",
      type: { kind: "number", min: 1, integer: true },
      default: null,
      doc: "How many layers of each part are tied, from the first one on; all of them where it is absent.",
    },
  ],
  problem: (parts, args) => {
    if (parts.length < 2) return `needs two parts of the network or more, has ${parts.length}`;
    const [first, ...others] = parts.map((part) => ({ ...part, parameters: tied(part, args) }));
    if (first === undefined) return undefined;
    if (first.parameters.length === 0) return `finds no weights in \`${first.name}\``;
    for (const other of others) {
      const problem = difference(first, other) ?? difference(other, first);
      if (problem !== undefined) return problem;
    }
    return undefined;
  },
  lower: ({ builder, arguments: args, parts }) => {
    const all = parts.map((part) => new Map(tied(part, args).map(({ name, value }) => [name, value])));
    const pairs = all.flatMap((one, i) => all.slice(i + 1).map((other) => [one, other] as const));
    const distances = pairs.map(([one, other]) => {
      const squares = [...one].flatMap(([name, value]) => {
        const its = other.get(name);
        return its === undefined ? [] : [builder.sum(builder.square(builder.sub(value, its)))];
      });
      const total = squares.reduce((sum, each) => builder.add(sum, each));
      return textArgument(args, "norm") === "l2" ? builder.sqrt(builder.add(total, builder.scalar(tiny))) : total;
    });
    return distances.reduce((sum, each) => builder.add(sum, each), builder.scalar(0));
  },
};

/** What of a part is tied: of layers that are counted, `1.weight`, the first ones. */
function tied<T extends ValueId | readonly number[]>(
  { parameters }: PenalizedPart<T>,
  args: Arguments,
): PenalizedPart<T>["parameters"] {
  if (args["layers"] === null) return parameters;
  const layers = numberArgument(args, "layers");
  return parameters.filter(({ name }) => Number(/^\d+/.exec(name)?.[0] ?? 0) < layers);
}

/** What the first part has and the other has not, or has in another shape. */
function difference(
  one: PenalizedPart<readonly number[]>,
  other: PenalizedPart<readonly number[]>,
): string | undefined {
  for (const { name, value } of one.parameters) {
    const its = other.parameters.find((each) => each.name === name)?.value;
    if (its === undefined)
      return `needs parts of one shape, but \`${one.name}\` has \`${name}\` and \`${other.name}\` has not`;
    if (its.join() !== value.join())
      return `needs parts of one shape, but \`${name}\` is [${value.join(", ")}] in \`${one.name}\` and [${its.join(", ")}] in \`${other.name}\``;
  }
  return undefined;
}
