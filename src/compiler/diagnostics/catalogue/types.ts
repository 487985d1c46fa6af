import { defineDiagnostics } from "../define.js";
import { joinNames } from "../words.js";

/** MTL3xxx: types, shapes, arguments, and what may stand where. */
export const typesDiagnostics = defineDiagnostics({
  MTL3001: {
    severity: "error",
    title: "missing argument",
    message: (p: { callee: string; parameter: string; expected: string }) =>
      `\`${p.callee}\` needs \`${p.parameter}\`: ${p.expected}`,
  },
  MTL3002: {
    severity: "error",
    title: "argument of another kind",
    message: (p: { callee: string; parameter: string; expected: string; found: string }) =>
      `\`${p.parameter}\` of \`${p.callee}\` is ${p.expected}, not ${p.found}`,
  },
  MTL3003: {
    severity: "error",
    title: "argument out of range",
    message: (p: { callee: string; parameter: string; expected: string; found: string }) =>
      `\`${p.parameter}\` of \`${p.callee}\` is ${p.expected}, not ${p.found}`,
  },
  MTL3004: {
    severity: "error",
    title: "argument given twice",
    message: (p: { callee: string; parameter: string }) => `\`${p.parameter}\` of \`${p.callee}\` is given twice`,
  },
  MTL3005: {
    severity: "error",
    title: "argument too many",
    message: (p: { callee: string; parameters: readonly string[] }) =>
      p.parameters.length === 0
        ? `\`${p.callee}\` takes no such argument`
        : `this is one argument too many for \`${p.callee}\`, which takes ${joinNames(p.parameters)}`,
  },
  MTL3006: {
    severity: "error",
    title: "wrong number of arguments",
    message: (p: { name: string; expected: number; found: number }) =>
      `\`${p.name}\` takes ${p.expected === 1 ? "one argument" : `${p.expected} arguments`}, and there ${p.found === 1 ? "is one" : `are ${p.found}`}`,
  },
  MTL3007: {
    severity: "error",
    title: "shapes that do not fit",
    message: (p: { layer: string; problem: string }) => `\`${p.layer}\` ${p.problem}`,
  },
  MTL3008: {
    severity: "error",
    title: "experts of different widths",
    message: (p: { gate: string; first: string; firstShape: string; second: string; secondShape: string }) =>
      `gate \`${p.gate}\` mixes experts of one width: \`${p.first}\` is ${p.firstShape} and \`${p.second}\` is ${p.secondShape}`,
  },
  MTL3009: {
    severity: "error",
    title: "tensor where a logit stands",
    message: (p: { found: string; shape: string }) => `${p.found} is ${p.shape}, and a logit is one number a row`,
  },
  MTL3010: {
    severity: "error",
    title: "task of a plain type",
    message: (p: { found: string }) =>
      `a task predicts a probability \`P(…)\`, an expected amount \`E(…)\` or a \`score\`, not a \`${p.found}\``,
  },
  MTL3011: {
    severity: "error",
    title: "not a tensor",
    message: (p: { found: string }) =>
      `a network reads features, its own parts, layers of them and lists of them; ${p.found} is none of these`,
  },
  MTL3012: {
    severity: "error",
    title: "pool of experts read as one tensor",
    message: (p: { name: string; count: number }) =>
      `\`${p.name}\` is a pool of ${p.count} ${p.count === 1 ? "expert" : "experts"}, and one tensor should stand here`,
  },
  MTL3013: {
    severity: "error",
    title: "group of bottoms read as one tensor",
    message: (p: { name: string; members: readonly string[] }) =>
      `\`${p.name}\` has a tensor for each member: read ${joinNames(
        p.members.map((member) => `${p.name}.${member}`),
        "or",
      )}`,
  },
  MTL3014: {
    severity: "error",
    title: "built-in of another kind",
    message: (p: { name: string; found: string; expected: string }) =>
      `\`${p.name}\` is ${p.found}; ${p.expected} should stand here`,
  },
  MTL3015: {
    severity: "error",
    title: "gate without its form",
    message: (p: { found: string; known: readonly string[] }) =>
      `a gate is ${joinNames(
        p.known.map((name) => `${name}(x) over pool`),
        "or",
      )}; ${p.found} does not weigh experts`,
  },
  MTL3016: {
    severity: "error",
    title: "table that is no embedding",
    message: (p: { found: string }) =>
      `a table is an embedding of a feature, such as \`embedding(user_id, 64)\`, not ${p.found}`,
  },
  MTL3017: {
    severity: "error",
    title: "experts without a layer of their own",
    message: (p: { found: string }) =>
      `experts are networks that share nothing, such as \`mlp(x, [64])\`; ${p.found} would be the same one many times`,
  },
  MTL3018: {
    severity: "error",
    title: "options that say the same thing twice",
    message: (p: { first: string; second: string; owner: string }) =>
      `\`${p.first}\` and \`${p.second}\` exclude each other${p.owner === "" ? "" : ` in \`${p.owner}\``}`,
  },
  MTL3019: {
    severity: "error",
    title: "list out of order or with repeats",
    message: (p: { option: string; problem: string }) => `\`${p.option}\` is not in order: ${p.problem}`,
  },
  MTL3020: {
    severity: "error",
    title: "two sources for one role",
    message: (p: { role: string }) => `the split makes ${p.role} data, and the \`data\` block names files for it too`,
  },
  MTL3021: {
    severity: "error",
    title: "format that the path does not tell",
    message: (p: { path: string; mixed: boolean }) =>
      p.mixed
        ? "these files are of different formats"
        : `the end of \`${p.path}\` does not tell the format of the file`,
  },
  MTL3022: {
    severity: "error",
    title: "file without column names",
    message: (p: { format: string }) =>
      `without a header, \`${p.format}\` needs the names of its columns: \`columns: [age, income, …]\``,
  },
  MTL3023: {
    severity: "error",
    title: "not an expression over columns",
    message: (p: { found: string }) =>
      `columns are combined with operators and functions such as \`log1p\`; ${p.found} cannot stand here`,
  },
  MTL3024: {
    severity: "error",
    title: "operand of another kind",
    message: (p: { operator: string; expected: string; found: string }) =>
      `\`${p.operator}\` takes ${p.expected}, and this is ${p.found}`,
  },
  MTL3025: {
    severity: "error",
    title: "values that cannot be compared",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` compares values of one kind, not ${p.left} with ${p.right}`,
  },
  MTL3026: {
    severity: "error",
    title: "`in` without its list",
    message: (p: { found: string }) => `\`in\` takes a list of texts or numbers such as \`["a", "b"]\`, not ${p.found}`,
  },
  MTL3027: {
    severity: "error",
    title: "label of another kind than its expression",
    message: (p: { label: string; base: "event" | "amount"; found: string }) =>
      p.base === "event"
        ? `\`${p.label}\` is an event, which is true or false, and its expression is a ${p.found}`
        : `\`${p.label}\` is an amount, and its expression is ${p.found === "bool" ? "true or false" : `a ${p.found}`}`,
  },
  MTL3030: {
    severity: "error",
    title: "task computed from other tasks",
    message: (p: { task: string }) => `task \`${p.task}\` has no logit of its own: its value reads other tasks`,
  },
  MTL3031: {
    severity: "error",
    title: "activation that does not fit the type",
    message: (p: { task: string; type: string; activation: string | undefined; fitting: readonly string[] }) =>
      p.activation === undefined
        ? `task \`${p.task}\` is ${p.type}, and this is a bare logit`
        : `task \`${p.task}\` is ${p.type}, which \`${p.activation}\` does not give; ${joinNames(p.fitting, "or")} does`,
  },
  MTL3032: {
    severity: "error",
    title: "not a logit",
    message: (p: { found: string }) =>
      `a logit is \`logit(tensor)\`, a sum or a multiple of such, or a tensor of width 1; ${p.found} is none`,
  },
  MTL3035: {
    severity: "error",
    title: "malformed loss",
    message: (p: { key: string; found: string }) =>
      `\`${p.key}\` takes a loss with its weight, such as \`0.5 * bce\`, not ${p.found}`,
  },
  MTL3036: {
    severity: "error",
    title: "loss that does not fit the head",
    message: (p: { loss: string; head: string; type: string; fitting: readonly string[] }) =>
      `\`${p.head}\` is ${p.type}, which \`${p.loss}\` does not train${p.fitting.length === 0 ? "; no loss of this version does" : `; ${joinNames(p.fitting, "or")} does`}`,
  },
  MTL3037: {
    severity: "error",
    title: "head that other systems compute",
    message: (p: { head: string }) =>
      `\`${p.head}\` comes from outside as a signal, so it is neither trained nor measured here`,
  },
  MTL3038: {
    severity: "error",
    title: "penalty in the place of a loss",
    message: (p: { head: string; penalty: string }) =>
      `\`${p.head}\` is a head and takes a loss; \`${p.penalty}\` is a penalty on parameters`,
  },
  MTL3040: {
    severity: "error",
    title: "metric that does not fit the head",
    message: (p: { metric: string; head: string; type: string; fitting: readonly string[] }) =>
      `\`${p.head}\` is ${p.type}, which \`${p.metric}\` does not measure${p.fitting.length === 0 ? "; no metric of this version does" : `; ${joinNames(p.fitting, "or")} does`}`,
  },
  MTL3041: {
    severity: "error",
    title: "grouped metric without groups",
    message: (p: { head: string }) => `\`gauc\` of \`${p.head}\` is a mean over groups, and the spec names no group`,
  },
  MTL3042: {
    severity: "error",
    title: "not a value",
    message: (p: { found: string }) =>
      `a formula computes with scores, parameters, attributes and functions of them; ${p.found} cannot stand here`,
  },
  MTL3043: {
    severity: "error",
    title: "value that may be missing",
    message: (p: { value: string }) => `${p.value} may be missing, and a formula must say what then`,
  },
  MTL3044: {
    severity: "error",
    title: "units that do not agree",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` needs one unit on both sides, not ${p.left} and ${p.right}`,
  },
  MTL3045: {
    severity: "error",
    title: "attribute of a predicted type",
    message: (p: { name: string }) =>
      `\`${p.name}\` is brought by a candidate: it is a \`number\`, \`text\`, \`bool\`, \`time\` or \`duration\`; what other systems predict stands in \`signals\``,
  },
  MTL3046: {
    severity: "error",
    title: "score that is no number",
    message: (p: { name: string; found: string }) => `\`${p.name}\` ranks by a number, and this is ${p.found}`,
  },
  MTL3047: {
    severity: "error",
    title: "value of another kind in a test",
    message: (p: { name: string; expected: string; found: string }) =>
      `\`${p.name}\` is ${p.expected}, and the candidate has ${p.found}`,
  },
  MTL3048: {
    severity: "error",
    title: "embedding of a number",
    message: (p: { layer: string; feature: string }) =>
      `\`${p.layer}\` looks ids up in a table, and \`${p.feature}\` is a number`,
  },
  MTL3050: {
    severity: "error",
    title: "one column for several features",
    message: (p: { option: string }) => `the features of a group cannot share one \`${p.option}\``,
  },
  MTL3051: {
    severity: "error",
    title: "expression without a column",
    message: (p: { what: "label" | "feature"; name: string }) =>
      `${p.what} \`${p.name}\` reads no column, so it is the same for every row`,
  },
  MTL3052: {
    severity: "error",
    title: "feature of another kind than its expression",
    message: (p: { name: string; kind: string; found: string }) =>
      `\`${p.name}\` is ${p.kind}, which reads numbers, and its expression gives ${p.found === "bool" ? "true or false" : "texts"}`,
  },
  MTL3055: {
    severity: "error",
    title: "macro that is not the kind of a feature",
    message: (p: { macro: string; found: string }) =>
      `the kind of a feature is \`categorical\`, \`numeric\`, \`bucket\` or \`bag\`; macro \`${p.macro}\` gives ${p.found}`,
  },
  MTL3056: {
    severity: "error",
    title: "several tensors where one stands",
    message: (p: { callee: string; count: number }) => `\`${p.callee}\` reads one tensor, and there are ${p.count}`,
  },
  MTL3057: {
    severity: "error",
    title: "arithmetic of times",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` does not stand between ${p.left} and ${p.right}`,
  },
  MTL3058: {
    severity: "error",
    title: "gate inside an expression",
    message: () => "a gate is a declaration of its own and cannot stand inside an expression",
  },
  MTL3090: {
    severity: "error",
    title: "not in this version",
    message: (p: { what: string; instead: string }) => `${p.what} is not in this version of mtlc; ${p.instead}`,
  },
});
