import { defineDiagnostics } from "../../define.js";

/** MTL302x to 305x: data sources, and features and labels made from their columns. */
export const columnsDiagnostics = defineDiagnostics({
  MTL3020: {
    slug: "conflicting-data-source",
    severity: "error",
    title: "conflicting data sources",
    message: (p: { role: string }) => `the split makes ${p.role} data, and the \`data\` block names files for it too`,
    about: "`split` makes this data from the training files, and the block names files for it as well.",
  },
  MTL3021: {
    slug: "unknown-format",
    severity: "error",
    title: "unknown file format",
    message: (p: { path: string; mixed: boolean }) =>
      p.mixed
        ? "these files are of different formats"
        : `the end of \`${p.path}\` does not tell the format of the file`,
    about:
      'The format of a file follows from its ending: `.csv`, `.tsv`, `.parquet`, `.jsonl`, each also with `.gz`. For another ending, say it: `csv("data.txt")`.',
  },
  MTL3022: {
    slug: "missing-column-names",
    severity: "error",
    title: "missing column names",
    message: (p: { format: string }) =>
      `without a header, \`${p.format}\` needs the names of its columns: \`columns: [age, income, …]\``,
    about: "Without a header line, the columns of the file have no names that features could read.",
  },
  MTL3023: {
    slug: "not-a-column-expression",
    severity: "error",
    title: "not a column expression",
    message: (p: { found: string }) =>
      `columns are combined with operators and functions such as \`log1p\`; ${p.found} cannot stand here`,
    about:
      "What stands after `=` in a feature or a label is computed row by row from columns of the file, before training. Names there are columns.",
  },
  MTL3024: {
    slug: "operand-type",
    severity: "error",
    title: "operand type mismatch",
    message: (p: { operator: string; expected: string; found: string }) =>
      `\`${p.operator}\` takes ${p.expected}, and this is ${p.found}`,
    about: "The operator or function takes a value of another kind.",
  },
  MTL3025: {
    slug: "incomparable-types",
    severity: "error",
    title: "incomparable types",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` compares values of one kind, not ${p.left} with ${p.right}`,
    about: "A comparison needs two values of one kind: two numbers, two texts, two times.",
  },
  MTL3026: {
    slug: "in-without-list",
    severity: "error",
    title: "`in` without a list",
    message: (p: { found: string }) => `\`in\` takes a list of texts or numbers such as \`["a", "b"]\`, not ${p.found}`,
    about: "`in` asks whether a value is one of a list that is written out.",
  },
  MTL3027: {
    slug: "label-type",
    severity: "error",
    title: "label type mismatch",
    message: (p: { label: string; base: "event" | "amount"; found: string }) =>
      p.base === "event"
        ? `\`${p.label}\` is an event, which is true or false, and its expression is a ${p.found}`
        : `\`${p.label}\` is an amount, and its expression is ${p.found === "bool" ? "true or false" : `a ${p.found}`}`,
    about: "An event is true or false, an amount is a number, and the expression gives the other one.",
  },
  MTL3048: {
    slug: "embedding-of-number",
    severity: "error",
    title: "embedding of a number",
    message: (p: { layer: string; feature: string }) =>
      `\`${p.layer}\` looks ids up in a table, and \`${p.feature}\` is a number`,
    about:
      "An embedding looks ids up in a table, and a number is no id. Cut it into ids with `bucket`, or read it as it is.",
  },
  MTL3050: {
    slug: "shared-column",
    severity: "error",
    title: "one column for several features",
    message: (p: { option: string }) => `the features of a group cannot share one \`${p.option}\``,
    about:
      "Features of a group are alike in kind and options, and each reads a column of its own. One column or one expression for all of them would make them copies of one feature.",
  },
  MTL3051: {
    slug: "constant-expression",
    severity: "error",
    title: "expression reads no column",
    message: (p: { what: "label" | "feature"; name: string }) =>
      `${p.what} \`${p.name}\` reads no column, so it is the same for every row`,
    about:
      'A label or a feature that no column decides is the same for all rows, and says nothing. A text in quotes is a text; a column whose name is not a name of the language is written `column("is click")`.',
  },
  MTL3052: {
    slug: "feature-type",
    severity: "error",
    title: "feature type mismatch",
    message: (p: { name: string; kind: string; found: string }) =>
      `\`${p.name}\` is ${p.kind}, which reads numbers, and its expression gives ${p.found === "bool" ? "true or false" : "texts"}`,
    about:
      "`numeric` and `bucket` read numbers. A condition or a text is one of a few values: a category with an embedding.",
  },
  MTL3055: {
    slug: "macro-not-a-feature",
    severity: "error",
    title: "macro is not a feature kind",
    message: (p: { macro: string; found: string }) =>
      `the kind of a feature is \`categorical\`, \`numeric\`, \`bucket\` or \`bag\`; macro \`${p.macro}\` gives ${p.found}`,
    about:
      "A macro may stand for the kind of a feature with its options, as `def id(n) = categorical(hash: n, embed: 16)`. What this one gives is a number, a tensor or a condition, and no feature can be that.",
  },
});
