import { defineDiagnostics } from "../../define.js";

/** MTL302x to 305x: data sources, and features and labels made from their columns. */
export const columnsDiagnostics = defineDiagnostics({
  MTL3020: {
    slug: "conflicting-data-source",
    severity: "error",
    title: "conflicting data sources",
    message: (p: { role: string }) => `the split makes ${p.role} data, and the \`data\` block also names files for it`,
    about: "`split` makes this data from the training files, and the block also names files for it.",
    fix: "Remove the `split`, or the files.",
  },
  MTL3021: {
    slug: "unknown-format",
    severity: "error",
    title: "unknown file format",
    message: (p: { path: string; mixed: boolean }) =>
      p.mixed
        ? "these files have different formats"
        : `the extension of \`${p.path}\` does not determine the file format`,
    about:
      "The format of a file follows from its extension: `.csv`, `.tsv`, `.parquet`, `.jsonl`, each also with `.gz`.",
    fix: 'For another extension, state the format: `csv("data.txt")`.',
  },
  MTL3022: {
    slug: "missing-column-names",
    severity: "error",
    title: "missing column names",
    message: (p: { format: string }) =>
      `without a header, \`${p.format}\` needs the names of its columns: \`columns: [age, income, …]\``,
    about: "Without a header line, the columns of the file have no names that features could read.",
    fix: "Add `columns: […]` to the source.",
  },
  MTL3023: {
    slug: "not-a-column-expression",
    severity: "error",
    title: "not a column expression",
    message: (p: { found: string }) =>
      `expected an expression over columns, with operators and functions such as \`log1p\`, not ${p.found}`,
    about:
      "The expression after `=` in a feature or a label is computed per row from columns of the file, before training. Names in it are columns.",
    fix: "Use columns, literals, operators and the functions of columns.",
  },
  MTL3024: {
    slug: "operand-type",
    severity: "error",
    title: "operand type mismatch",
    message: (p: { operator: string; expected: string; found: string }) =>
      `\`${p.operator}\` takes ${p.expected}, not ${p.found}`,
    about: "The operator or function takes a value of another type.",
    fix: "Write an operand of the type that the message names.",
  },
  MTL3025: {
    slug: "incomparable-types",
    severity: "error",
    title: "incomparable types",
    message: (p: { operator: string; left: string; right: string }) =>
      `\`${p.operator}\` compares values of the same type, not ${p.left} with ${p.right}`,
    about: "A comparison needs two values of the same type: two numbers, two texts, two times.",
    fix: "Compare values of the same type.",
  },
  MTL3026: {
    slug: "in-without-list",
    severity: "error",
    title: "`in` without a list",
    message: (p: { found: string }) => `\`in\` takes a list of texts or numbers such as \`["a", "b"]\`, not ${p.found}`,
    about: "`in` tests whether a value is one of a list, and the list is written out.",
    fix: 'Write the list after `in`: `site in ["a", "b"]`.',
  },
  MTL3027: {
    slug: "label-type",
    severity: "error",
    title: "label type mismatch",
    message: (p: { label: string; base: "event" | "amount" | "classes"; found: string }) =>
      p.base === "classes"
        ? `\`${p.label}\` has classes, but its expression is ${p.found === "bool" ? "true or false" : `a ${p.found}`}`
        : p.base === "event"
          ? `\`${p.label}\` is an event, which is true or false, but its expression is a ${p.found}`
          : `\`${p.label}\` is an amount, but its expression is ${p.found === "bool" ? "true or false" : `a ${p.found}`}`,
    about: "An event is true or false and an amount is a number, but the expression has the other type.",
    fix: "Declare the label with the type of the expression, or compare: `rich: event = income > 50_000`.",
  },
  MTL3028: {
    slug: "data-url",
    severity: "error",
    title: "not a URL of data",
    message: (p: { url: string; problem: string }) => `\`${p.url}\` cannot name data: ${p.problem}`,
    about:
      "A file of the `data` block or the command line may be a URL: `s3://`, `gs://`, `https://` or `http://`. It holds no user, password, query or fragment, since those may be credentials, and a spec is kept in artifacts. Only `s3://` and `gs://` list files, so globs are for them.",
    fix: 'Write only the URL of the file, such as `parquet("s3://bucket/day=*/*.parquet")`, and put credentials into the environment.',
  },
  MTL3048: {
    slug: "embedding-of-number",
    severity: "error",
    title: "embedding of a number",
    message: (p: { layer: string; feature: string }) =>
      `\`${p.layer}\` looks ids up in a table, but \`${p.feature}\` is a number`,
    about: "An embedding looks ids up in a table, and a number is not an id.",
    fix: "Turn the number into ids with `bucket`, or read it as it is.",
  },
  MTL3075: {
    slug: "unfit-shared-table",
    severity: "error",
    title: "no table to share",
    message: (p: { name: string; other: string; found: string }) =>
      `\`${p.name}\` cannot be like \`${p.other}\`, which ${p.found}`,
    about: "`like` gives a feature the ids and the embeddings of another feature, which must have them for itself.",
    fix: "Name a feature with a vocabulary of its own.",
  },
  MTL3153: {
    slug: "unknown-vocabulary-size",
    severity: "error",
    title: "width of a vocabulary of unknown size",
    message: () => "`embed: auto` needs the size of the vocabulary, which only the data says here",
    about:
      "`embed: auto` computes the width from the size of the vocabulary that the spec states: `hash`, `ids`, `values`, `vocab`. Without one of them, the training data decides how many values there are, and the model would change with it.",
    fix: "Give `vocab:` with the number of values to keep, or a number for `embed`.",
  },
  MTL3050: {
    slug: "shared-column",
    severity: "error",
    title: "one column for several features",
    message: (p: { option: string }) => `the features of a group cannot share one \`${p.option}\``,
    about:
      "Features of a group have the same kind and options, but each reads a column of its own. One column or one expression for all of them would make them copies of one feature.",
    fix: "Remove the option, or declare the feature outside the group.",
  },
  MTL3051: {
    slug: "constant-expression",
    severity: "error",
    title: "expression reads no column",
    message: (p: { what: "label" | "feature"; name: string }) =>
      `${p.what} \`${p.name}\` reads no column, so it is the same for every row`,
    about:
      'A label or a feature that reads no column is the same in all rows. A text in quotes is a text; a column whose name is not a valid name is written `column("is click")`.',
    fix: "Read a column in the expression.",
  },
  MTL3052: {
    slug: "feature-type",
    severity: "error",
    title: "feature type mismatch",
    message: (p: { name: string; kind: string; found: string }) =>
      `\`${p.name}\` is ${p.kind}, which reads numbers, but its expression gives ${p.found === "bool" ? "true or false" : "a text"}`,
    about:
      "`numeric` and `bucket` read numbers. A boolean or a text is one of a few values: a category with an embedding.",
    fix: "Declare the feature as `categorical`.",
  },
  MTL3055: {
    slug: "macro-not-a-feature",
    severity: "error",
    title: "macro is not a feature kind",
    message: (p: { macro: string; found: string }) =>
      `the kind of a feature is \`categorical\`, \`numeric\`, \`bucket\` or \`bag\`; macro \`${p.macro}\` gives ${p.found}`,
    about:
      "A macro may give the kind of a feature with its options, such as `def id(n) = categorical(hash: n, embed: 16)`. This one gives a number, a tensor or a condition.",
    fix: "Let the macro return one of the kinds that the message lists.",
  },
});
