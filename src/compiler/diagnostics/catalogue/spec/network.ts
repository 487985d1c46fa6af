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
      "The widths of what goes into the layer do not fit together. Widths are known when a spec is checked, so this never waits for the first batch.",
  },
  MTL3008: {
    slug: "gate-width",
    severity: "error",
    title: "experts of different widths",
    message: (p: { gate: string; first: string; firstShape: string; second: string; secondShape: string }) =>
      `gate \`${p.gate}\` mixes experts of one width: \`${p.first}\` is ${p.firstShape} and \`${p.second}\` is ${p.secondShape}`,
    about: "A gate mixes its experts as a weighted sum, element by element, so all of them have one width.",
  },
  MTL3011: {
    slug: "not-a-tensor",
    severity: "error",
    title: "not a tensor",
    message: (p: { found: string }) =>
      `a network reads features, its own parts, layers of them and lists of them; ${p.found} is none of these`,
    about:
      "A network is made of features, of its own named parts, of layers applied to them, and of lists, which are their concatenation.",
  },
  MTL3012: {
    slug: "pool-as-tensor",
    severity: "error",
    title: "expert pool used as a tensor",
    message: (p: { name: string; count: number }) =>
      `\`${p.name}\` is a pool of ${p.count} ${p.count === 1 ? "expert" : "experts"}, and one tensor should stand here`,
    about: "A pool is n networks side by side. A gate mixes them into one tensor, which layers can read.",
  },
  MTL3013: {
    slug: "bottoms-as-tensor",
    severity: "error",
    title: "group of bottoms used as a tensor",
    message: (p: { name: string; members: readonly string[] }) =>
      `\`${p.name}\` has a tensor for each member: read ${joinNames(
        p.members.map((member) => `${p.name}.${member}`),
        "or",
      )}`,
    about: "`bottoms` declares one tensor for each member. Read the member that is meant.",
  },
  MTL3014: {
    slug: "builtin-kind",
    severity: "error",
    title: "wrong kind of built-in",
    message: (p: { name: string; found: string; expected: string }) =>
      `\`${p.name}\` is ${p.found}; ${p.expected} should stand here`,
    about: "The name is a built-in of another kind: a loss is no layer, and a layer is no gate.",
  },
  MTL3015: {
    slug: "malformed-gate",
    severity: "error",
    title: "malformed gate",
    message: (p: { found: string; known: readonly string[] }) =>
      `a gate is ${joinNames(
        p.known.map((name) => `${name}(x) over pool`),
        "or",
      )}; ${p.found} does not weigh experts`,
    about: "A gate is a softmax over its input with one weight for each expert, and says which pools it mixes.",
  },
  MTL3016: {
    slug: "table-not-embedding",
    severity: "error",
    title: "table is not an embedding",
    message: (p: { found: string }) =>
      `a table is an embedding of a feature, such as \`embedding(user_id, 64)\`, not ${p.found}`,
    about:
      "A `table` is an embedding of one feature with a name of its own, so that parts can share it or have their own.",
  },
  MTL3017: {
    slug: "expert-without-parameters",
    severity: "error",
    title: "experts without parameters",
    message: (p: { found: string }) =>
      `experts are networks that share nothing, such as \`mlp(x, [64])\`; ${p.found} would be the same one many times`,
    about:
      "Experts differ because each has parameters of its own. An expression without parameters would be the same n times.",
  },
  MTL3056: {
    slug: "several-tensors",
    severity: "error",
    title: "several tensors where one is expected",
    message: (p: { callee: string; count: number }) => `\`${p.callee}\` reads one tensor, and there are ${p.count}`,
    about:
      "A layer, a logit or a gate reads one tensor. Several are joined by a list, which puts their numbers one after another: `mlp([u, v], [8])`.",
  },
  MTL3058: {
    slug: "nested-gate",
    severity: "error",
    title: "gate inside an expression",
    message: () => "a gate is a declaration of its own and cannot stand inside an expression",
    about:
      "What a gate mixes is stated after `over`, which no other expression has. Declare the gate, and read it by its name where its value is wanted.",
  },
});
