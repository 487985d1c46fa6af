import { defineDiagnostics } from "../define.js";

/** MTL71xx: data files and the rows in them. */
export const dataDiagnostics = defineDiagnostics({
  MTL7101: {
    severity: "error",
    title: "no data file there",
    message: (p: { pattern: string; glob: boolean; folder: string }) =>
      p.glob
        ? `no file matches \`${p.pattern}\` in \`${p.folder}\``
        : `there is no file \`${p.pattern}\` in \`${p.folder}\``,
  },
  MTL7102: {
    severity: "error",
    title: "data file that cannot be read",
    message: (p: { file: string; problem: string }) => `\`${p.file}\` cannot be read: ${p.problem}`,
  },
  MTL7103: {
    severity: "error",
    title: "column that a data file lacks",
    message: (p: { column: string; file: string; user: string; suggestion?: string | undefined }) =>
      `${p.user} needs the column \`${p.column}\`, which \`${p.file}\` does not have${p.suggestion === undefined ? "" : `; did you mean \`${p.suggestion}\`?`}`,
  },
  MTL7104: {
    severity: "error",
    title: "column of another type",
    message: (p: { column: string; file: string; found: string; needed: string; user: string }) =>
      `column \`${p.column}\` of \`${p.file}\` holds ${p.found}, where ${p.user} needs ${p.needed}`,
  },
  MTL7105: {
    severity: "error",
    title: "value of another type",
    message: (p: { what: string; file: string; row: number; value: string; needed: string; user: string }) =>
      `${p.what} is \`${p.value}\` in row ${p.row} of \`${p.file}\`, where ${p.user} needs ${p.needed}`,
  },
  MTL7106: {
    severity: "error",
    title: "event that is neither true nor false",
    message: (p: { label: string; file: string; row: number; value: string }) =>
      `label \`${p.label}\` is \`${p.value}\` in row ${p.row} of \`${p.file}\`; an event is 0, 1, true or false, or null where it is not known`,
  },
  MTL7107: {
    severity: "error",
    title: "sample weight that is none",
    message: (p: { column: string; file: string; row: number; value: string }) =>
      `the sample weight \`${p.column}\` is ${p.value} in row ${p.row} of \`${p.file}\`; a weight is a number of at least 0`,
  },
  MTL7108: {
    severity: "warning",
    title: "label outside the label that it implies",
    message: (p: { label: string; outer: string; role: string; count: number; rows: number }) =>
      `\`${p.label}\` holds in ${p.count} of ${p.rows} rows of the ${p.role} data where \`${p.outer}\` does not, although \`${p.label}\` is declared within \`${p.outer}\``,
  },
  MTL7109: {
    severity: "error",
    title: "line with another number of values",
    message: (p: { file: string; line: number; found: number; expected: number }) =>
      `line ${p.line} of \`${p.file}\` has ${p.found} ${p.found === 1 ? "value" : "values"} where ${p.expected} are expected`,
  },
  MTL7110: {
    severity: "error",
    title: "column names that do not fit the file",
    message: (p: { file: string; found: number; named: number }) =>
      `\`columns\` names ${p.named} columns, and the first line of \`${p.file}\` has ${p.found} ${p.found === 1 ? "value" : "values"}`,
  },
  MTL7111: {
    severity: "error",
    title: "column named twice",
    message: (p: { file: string; column: string }) =>
      `\`${p.file}\` has two columns \`${p.column}\`; name them apart with \`columns\``,
  },
  MTL7112: {
    severity: "error",
    title: "file without column names",
    message: (p: { file: string }) =>
      `\`${p.file}\` has no header line, so its columns need names: add \`columns: [...]\` to the source`,
  },
  MTL7130: {
    severity: "error",
    title: "line of another form",
    message: (p: { file: string; row: number; found: string; form: string }) =>
      `row ${p.row} of \`${p.file}\` holds \`${p.found}\`, where a line is like \`${p.form}\``,
  },
  MTL7131: {
    severity: "error",
    title: "plain values without names",
    message: (p: { file: string; least: number; most: number; named: number; delimiter: string }) =>
      `rows of \`${p.file}\` begin with ${p.least === p.most ? p.least : `${p.least} to ${p.most}`} plain values, and \`columns\` names ${p.named}`,
  },
  MTL7132: {
    severity: "error",
    title: "file of another form",
    message: (p: { file: string; problem: string }) => `\`${p.file}\` is not read as it should be: ${p.problem}`,
  },
  MTL7113: {
    severity: "error",
    title: "value of a row that does not fit",
    message: (p: { what: string; row: number; value: string; needed: string; user: string }) =>
      `${p.what} is \`${p.value}\` in row ${p.row}, where ${p.user} needs ${p.needed}`,
  },
  MTL7114: {
    severity: "error",
    title: "cache folder that cannot be written",
    message: (p: { folder: string; problem: string }) =>
      `the cache folder \`${p.folder}\` cannot be written: ${p.problem}; name another one with \`MTLC_CACHE_DIR\``,
  },
  MTL7116: {
    severity: "warning",
    title: "damaged cache entry made again",
    message: (p: { what: "fit" | "rows"; role: string; problem: string }) =>
      `the cached ${p.what === "fit" ? "fit" : "rows"} of the ${p.role} data ${p.what === "fit" ? "is" : "are"} damaged (${p.problem}), so ${p.what === "fit" ? "it is" : "they are"} made again`,
  },
  MTL7115: {
    severity: "error",
    title: "nothing to fit on",
    message: (p: { feature: string }) =>
      `feature \`${p.feature}\` takes its values from the training data, and there is none`,
  },
  MTL7160: {
    severity: "error",
    title: "no label to start from",
    message: (p: { file: string; columns: string; label?: string }) =>
      p.label === undefined
        ? `no column of \`${p.file}\` looks like a label (two values, or grades): name one with \`--label\`; its columns are ${p.columns}`
        : `\`${p.file}\` has no column \`${p.label}\`; its columns are ${p.columns}`,
  },
  MTL7161: {
    severity: "error",
    title: "no feature to start from",
    message: (p: { file: string }) => `\`${p.file}\` has nothing but labels: no column could be a feature`,
  },
  MTL7120: {
    severity: "error",
    title: "columns of a table that differ only in capitals",
    message: (p: { first: string; second: string }) =>
      p.first === p.second
        ? `the table would have two columns \`${p.first}\`; name each column once`
        : `the table would have the columns \`${p.first}\` and \`${p.second}\`, which many readers take for one; keep only one of them`,
  },
  MTL7121: {
    severity: "error",
    title: "files that change while they are read",
    message: (p: { kept: number; rows: number }) =>
      `there are predictions for ${p.rows} rows, but the files now have ${p.kept}: they changed while they were read; run it again`,
  },
  MTL7122: {
    severity: "error",
    title: "log without the time of its requests",
    message: (p: { files: string; column?: string; row?: number; value?: string }) =>
      p.column === undefined
        ? `a formula reads the age of something, and nothing says when the requests of \`${p.files}\` came; name the column of their time with \`--time\``
        : `\`${p.column}\` is \`${p.value ?? ""}\` in row ${p.row ?? 0} of \`${p.files}\`, which is not a time, and a formula reads the age of something; write \`2026-11-05 12:30:00\`, or seconds (not milliseconds) since 1970`,
  },
});
