import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

/** MTL300x to 305x: tensors, layers, gates and experts. */
export const networkDiagnostics = defineDiagnostics({
  MTL3007: {
    slug: "shape-mismatch",
    severity: "error",
    title: "shape mismatch",
    message: (p: { layer: string; problem: string }) => `\`${p.layer}\` ${p.problem}`,
    about:
      "The widths of the layer's inputs do not fit together. Shapes are checked at compile time, before any data is read.",
    fix: "Change the input, or the parameter of the layer that decides the width.",
  },
  MTL3008: {
    slug: "gate-width",
    severity: "error",
    title: "experts of different widths",
    message: (p: { gate: string; first: string; firstShape: string; second: string; secondShape: string }) =>
      `gate \`${p.gate}\` mixes experts of the same width, but \`${p.first}\` is ${p.firstShape} and \`${p.second}\` is ${p.secondShape}`,
    about:
      "A gate computes a weighted sum of its experts, element by element, so all experts must have the same width.",
    fix: "Give all experts of the gate the same width.",
  },
  MTL3011: {
    slug: "not-a-tensor",
    severity: "error",
    title: "not a tensor",
    message: (p: { found: string }) =>
      `a network reads features, its own parts, and layers, lists, sums and products of them, not ${p.found}`,
    about:
      "A network consists of features, its own named parts, layers applied to them, lists, which concatenate them, and arithmetic.",
    fix: "Read a feature, a part of the network or a layer of them.",
  },
  MTL3012: {
    slug: "pool-as-tensor",
    severity: "error",
    title: "expert pool used as a tensor",
    message: (p: { name: string; count: number }) =>
      `\`${p.name}\` is a pool of ${p.count} ${p.count === 1 ? "expert" : "experts"}; expected one tensor here`,
    about: "A pool is n networks side by side. A gate mixes them into one tensor, which layers can read.",
    fix: "Declare a gate, `gate g = softmax(x) over pool`, and read `g`.",
  },
  MTL3013: {
    slug: "bottoms-as-tensor",
    severity: "error",
    title: "family used as a tensor",
    message: (p: { name: string; members: readonly string[] }) =>
      `\`${p.name}\` has a tensor for each member: read ${joinNames(
        p.members.map((member) => `${p.name}.${member}`),
        "or",
      )}`,
    about:
      "`bottoms`, `gates` and `towers` declare one tensor per member. Only the expression of another family may name the whole family, which then stands for the member of the same name.",
    fix: "Read one member: `bottom.ctr`.",
  },
  MTL3014: {
    slug: "builtin-kind",
    severity: "error",
    title: "wrong kind of built-in",
    message: (p: { name: string; found: string; expected: string }) =>
      `\`${p.name}\` is ${p.found}; expected ${p.expected} here`,
    about: "The name is a built-in of another kind: a loss is not a layer, and a layer is not a gate.",
    fix: "Use a built-in of the kind that the message expects.",
  },
  MTL3015: {
    slug: "malformed-gate",
    severity: "error",
    title: "malformed gate",
    message: (p: { found: string; known: readonly string[] }) =>
      `a gate is ${joinNames(
        p.known.map((name) => `${name}(x) over pool`),
        "or",
      )}, not ${p.found}`,
    about: "A gate computes one weight per expert from its input and mixes the pools that it names with them.",
    fix: "Write the gate as `softmax(x) over pool`, with one of the gates that the message lists.",
  },
  MTL3016: {
    slug: "table-not-embedding",
    severity: "error",
    title: "table is not an embedding",
    message: (p: { found: string }) =>
      `a table is an embedding of a feature, such as \`embedding(user_id, 64)\`, not ${p.found}`,
    about: "A `table` is an embedding of one feature under a name, so that several parts of the network can share it.",
    fix: "Write `table t = embedding(feature, width)`.",
  },
  MTL3017: {
    slug: "expert-without-parameters",
    severity: "error",
    title: "experts without parameters",
    message: (p: { found: string }) =>
      `experts are networks with parameters of their own, such as \`mlp(x, [64])\`; ${p.found} would be the same expert many times`,
    about:
      "Experts differ because each has parameters of its own. An expression without parameters would be the same n times.",
    fix: "Put a layer with parameters into the expert, such as `mlp(x, [64])`.",
  },
  MTL3056: {
    slug: "several-tensors",
    severity: "error",
    title: "several tensors where one is expected",
    message: (p: { callee: string; count: number }) => `\`${p.callee}\` reads one tensor, not ${p.count}`,
    about: "A layer, a logit or a gate reads one tensor. A list concatenates several: `mlp([u, v], [8])`.",
    fix: "Put the tensors into a list.",
  },
  MTL3059: {
    slug: "family-layer-outside",
    severity: "error",
    title: "family layer outside a family",
    message: (p: { layer: string }) =>
      `\`${p.layer}\` gives one tensor per member of a family, and no family is declared here`,
    about:
      "The layer computes the networks of all members of a family together, so its call needs to know the members.",
    fix: "Declare the family: `bottoms b[ctr, cvr] = stitch(x, [64])`.",
  },
  MTL3058: {
    slug: "nested-gate",
    severity: "error",
    title: "gate inside an expression",
    message: () => "a gate is a declaration of its own and cannot be part of an expression",
    about: "A gate states what it mixes after `over`, which no other expression has.",
    fix: "Declare the gate, and read it by its name.",
  },
  MTL3060: {
    slug: "penalty-of-gate",
    severity: "error",
    title: "penalty on a gate that does not have it",
    message: (p: { penalty: string; expected: string; name: string; gate: string | undefined }) =>
      `\`${p.penalty}\` reads ${p.expected}, but \`${p.name}\` is ${p.gate === undefined ? "not a gate" : `a \`${p.gate}\` gate without that`}`,
    about:
      "A penalty on gates reads what only some gates have: `load` the noise of `noisy_top_k`, `entropy` and `reachable` the selectors of `dselect_k`, `importance` the weights of any gate.",
    fix: "Name a gate of that kind, or leave the penalty out.",
  },
  MTL3061: {
    slug: "penalty-arguments",
    severity: "error",
    title: "penalty on what it does not fit",
    message: (p: { penalty: string; problem: string }) => `\`${p.penalty}\` ${p.problem}`,
    about:
      "A penalty on parts of the network reads their weights, so that it needs parts by their names: `l2_distance` parts of one shape, `orthogonal` a family of `sluice`. `excess` reads two probabilities.",
    fix: "Name parts of the network, or heads, that the penalty fits.",
  },
  MTL3151: {
    slug: "pick-of-values",
    severity: "error",
    title: "`pick` whose family does not fit the feature",
    message: (p: { problem: string }) => `\`pick\` ${p.problem}`,
    about:
      "`pick(d, by: scene)` is the member of the family `d` that the row's value of `scene` stands for, so that there is a member for each value, in the order of the values.",
    fix: "Declare a member for each value of the feature, in their order.",
  },
});
