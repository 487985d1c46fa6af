import { defineDiagnostics } from "../../define.js";
import { didYouMean } from "../../words.js";

/** MTL71xx: data files and the rows in them. */
export const dataDiagnostics = defineDiagnostics({
  MTL7101: {
    slug: "missing-data-file",
    severity: "error",
    title: "data file not found",
    message: (p: { pattern: string; glob: boolean; folder: string | undefined }) => {
      const where = p.folder === undefined ? "" : ` in \`${p.folder}\``;
      return p.glob ? `no file matches \`${p.pattern}\`${where}` : `the file \`${p.pattern}\` does not exist${where}`;
    },
    about: "A file of the `data` block or the command line does not exist, or no file matches a glob.",
    fix: "Correct the path. Paths of a spec are relative to the spec; paths of the command line to the working directory. `--train FILE…` and `--test FILE…` replace the files of the spec.",
  },
  MTL7102: {
    slug: "unreadable-data-file",
    severity: "error",
    title: "unreadable data file",
    message: (p: { file: string; problem: string }) => `\`${p.file}\` cannot be read: ${p.problem}`,
    about:
      "A file exists and cannot be read: it is damaged, truncated, in another format than its name says, or its permissions forbid it.",
    fix: 'Copy or download it again, or state its format: `csv("data.txt")`.',
  },
  MTL7103: {
    slug: "missing-column",
    severity: "error",
    title: "missing column",
    message: (p: { column: string; file: string; user: string; suggestion?: string | undefined }) =>
      `${p.user} needs the column \`${p.column}\`, which \`${p.file}\` does not have${didYouMean(p.suggestion)}`,
    about: "A feature, a label or a role reads a column that a data file does not have.",
    fix: 'Correct the name, or read another column: `age: numeric(column: "user_age")`. A file without a header line needs `columns: […]`.',
  },
  MTL7104: {
    slug: "column-type",
    severity: "error",
    title: "column type mismatch",
    message: (p: { column: string; file: string; found: string; needed: string; user: string }) =>
      `column \`${p.column}\` of \`${p.file}\` has ${p.found}, but ${p.user} needs ${p.needed}`,
    about: "A column of the file has another type than the spec needs, such as text where a number is read.",
    fix: "Convert the column, or declare the feature with its type.",
  },
  MTL7105: {
    slug: "cell-type",
    severity: "error",
    title: "value type mismatch in a data file",
    message: (p: { what: string; file: string; row: number; value: string; needed: string; user: string }) =>
      `${p.what} is \`${p.value}\` in row ${p.row} of \`${p.file}\`, where ${p.user} needs ${p.needed}`,
    about: "One value of a column cannot be read as the type that the spec needs.",
    fix: 'Look at the row that the message names. Values that mean "unknown" are listed in the source: `csv("a.csv", nulls: ["NA", "?"])`.',
  },
  MTL7106: {
    slug: "invalid-event-value",
    severity: "error",
    title: "invalid event value",
    message: (p: { label: string; file: string; row: number; value: string }) =>
      `label \`${p.label}\` is \`${p.value}\` in row ${p.row} of \`${p.file}\`; an event is 0, 1, true or false, or null if unknown`,
    about: "The label is an event, and a row has a value other than 0, 1, true, false or null.",
    fix: "State in the label when the event happens: `rich: event = income > 50_000`.",
  },
  MTL7360: {
    slug: "unknown-class-value",
    severity: "error",
    title: "value that is not one of a label's classes",
    message: (p: { label: string; file: string; row: number; value: string; known: readonly string[] }) =>
      `label \`${p.label}\` is \`${p.value}\` in row ${p.row} of \`${p.file}\`, which is not one of its classes: ${p.known.slice(0, 20).join(", ")}${p.known.length > 20 ? ", …" : ""}, or null if unknown`,
    about: "A label of classes has one of the texts that the spec lists, or one of the numbers from 0, on each row.",
    fix: 'List the class, `classes(…, other: "the text")`, or list what means null in `nulls` of the format.',
  },
  MTL7107: {
    slug: "invalid-sample-weight",
    severity: "error",
    title: "invalid sample weight",
    message: (p: { column: string; file: string; row: number; value: string }) =>
      `the sample weight \`${p.column}\` is ${p.value} in row ${p.row} of \`${p.file}\`; a weight is a number of at least 0`,
    about: "A sample weight is negative, not a number, or missing.",
    fix: "Write weights of at least 0; a row of weight 0 is not trained on.",
  },
  MTL7108: {
    slug: "within-violation",
    severity: "warning",
    title: "label outside its enclosing label",
    message: (p: { label: string; outer: string; role: string; count: number; rows: number }) =>
      `\`${p.label}\` holds in ${p.count} of ${p.rows} rows of the ${p.role} data where \`${p.outer}\` does not, but \`${p.label}\` is declared within \`${p.outer}\``,
    about:
      "`buy: event within click` states that a purchase implies a click, and some rows have a purchase without one.",
    fix: "Correct the data, or remove `within` if one label does not imply the other. The rows are used as they are.",
  },
  MTL7109: {
    slug: "ragged-line",
    severity: "error",
    title: "wrong number of values in a line",
    // Of more values the reader counts one beyond the last only.
    message: (p: { file: string; line: number; found: number; expected: number }) =>
      p.found > p.expected
        ? `line ${p.line} of \`${p.file}\` has more values than the ${p.expected} that are expected`
        : `line ${p.line} of \`${p.file}\` has ${p.found} ${p.found === 1 ? "value" : "values"} where ${p.expected} are expected`,
    about: "A line of a text file has more or fewer values than the header or `columns` says.",
    fix: "Look for a delimiter inside a value that is not quoted, or state `delimiter:`.",
  },
  MTL7110: {
    slug: "column-count",
    severity: "error",
    title: "wrong number of column names",
    message: (p: { file: string; found: number; named: number }) =>
      `\`columns\` names ${p.named} columns, but the first line of \`${p.file}\` has ${p.found} ${p.found === 1 ? "value" : "values"}`,
    about: "`columns: […]` names more or fewer columns than the file has.",
    fix: "Name every column, including those that nothing reads.",
  },
  MTL7111: {
    slug: "duplicate-column",
    severity: "error",
    title: "duplicate column",
    message: (p: { file: string; column: string }) =>
      `\`${p.file}\` has two columns \`${p.column}\`; give them different names with \`columns\``,
    about: "Two columns of a file have the same name, so it is unclear which of them a feature reads.",
    fix: "Name the columns with `columns: […]` and `header: false`, or rename one in the file.",
  },
  MTL7112: {
    slug: "missing-header",
    severity: "error",
    title: "missing header",
    message: (p: { file: string }) =>
      `\`${p.file}\` has no header line, so its columns need names: add \`columns: [...]\` to the source`,
    about: "The first line of the file holds data where a header was expected.",
    fix: "Add `header: false` and `columns: […]` to the source.",
  },
  MTL7130: {
    slug: "malformed-line",
    severity: "error",
    title: "malformed line",
    message: (p: { file: string; row: number; found: string; form: string }) =>
      `row ${p.row} of \`${p.file}\` has \`${p.found}\`; a line has the form \`${p.form}\``,
    about:
      "A file of `libsvm`, `slots` or `ali_ccp` has a line in another form: a value without an index, an index twice, a second colon, a feature without an id.",
    fix: "Correct the line, or name the format of the file. In `slots`, `delimiter` is the character between the fields.",
  },
  MTL7131: {
    slug: "unnamed-plain-values",
    severity: "error",
    title: "unnamed plain values",
    message: (p: { file: string; least: number; most: number; named: number; delimiter: string }) =>
      `rows of \`${p.file}\` begin with ${p.least === p.most ? p.least : `${p.least} to ${p.most}`} plain values, but \`columns\` names ${p.named}`,
    about: "Lines of `slots` begin with plain values, such as labels, and the spec names another number of them.",
    fix: 'Name them in order: `slots("day1.txt", delimiter: ",", columns: [click, buy, site])`.',
  },
  MTL7430: {
    slug: "missing-common-features",
    severity: "error",
    title: "missing common features",
    message: (p: { file: string; row: number; index: string; common: string }) =>
      `row ${p.row} of \`${p.file}\` has the common feature index \`${p.index}\`, which \`${p.common}\` does not have`,
    about:
      "Each row of a sample skeleton of Ali-CCP names the common features that it shares with others; an index holds for one pair of files only.",
    fix: "Name the file of common features that belongs to the skeleton: `common: …`. A file that was cut short is missing lines.",
  },
  MTL7431: {
    slug: "repeated-common-features",
    severity: "error",
    title: "repeated common features",
    message: (p: { file: string; index: string; first: number; second: number }) =>
      `rows ${p.first} and ${p.second} of \`${p.file}\` have one common feature index, \`${p.index}\``,
    about: "A row of a sample skeleton of Ali-CCP could take either of the two lines, so that none is taken.",
    fix: "Remove one of the lines. Files of common features of several skeletons are not put together: each skeleton has its own.",
  },
  MTL7432: {
    slug: "unknown-common-features",
    severity: "error",
    title: "unknown common features",
    message: (p: { file: string }) =>
      `the file of common features of \`${p.file}\` is not known: its name does not say \`sample_skeleton\``,
    about:
      "Without `common`, and of files that a command names, the common features are those beside the skeleton: `common_features_train.csv` beside `sample_skeleton_train.csv`.",
    fix: "Write `common: …` in the spec, or give the two files such names.",
  },
  MTL7132: {
    slug: "format-mismatch",
    severity: "error",
    title: "file format mismatch",
    message: (p: { file: string; problem: string }) => `\`${p.file}\` has another format: ${p.problem}`,
    about:
      "The first line of a file names none of the columns that the spec reads, and looks like another format: another delimiter, no header, an empty line, types in the names, libsvm.",
    fix: "Write the format or the option that the help names.",
  },
  MTL7113: {
    slug: "row-value-type",
    severity: "error",
    title: "value type mismatch in a row",
    message: (p: { what: string; row: number; value: string; needed: string; user: string }) =>
      `${p.what} is \`${p.value}\` in row ${p.row}, where ${p.user} needs ${p.needed}`,
    about: "A row given to `predict`, or sent to a service, has a value of another type than its feature.",
    fix: "Send what the feature declares: a number, a text, or a list of texts for a `bag`.",
  },
  MTL7114: {
    slug: "unwritable-cache",
    severity: "error",
    title: "cache folder cannot be written",
    message: (p: { folder: string; problem: string }) =>
      `the cache folder \`${p.folder}\` cannot be written: ${p.problem}; name another one with \`MTLC_CACHE_DIR\``,
    about: "Encoded data is kept in a cache folder, and that folder cannot be written.",
    fix: "Free space, correct the permissions, or name another folder with `MTLC_CACHE_DIR`.",
  },
  MTL7116: {
    slug: "damaged-cache",
    severity: "warning",
    title: "damaged cache entry",
    message: (p: { what: "fit" | "rows"; role: string; problem: string }) =>
      `the cached ${p.what === "fit" ? "fit" : "rows"} of the ${p.role} data ${p.what === "fit" ? "is" : "are"} damaged (${p.problem}), so ${p.what === "fit" ? "it is" : "they are"} computed again`,
    about:
      "An entry of the data cache differs from what was written: the disk fails, the machine lost power, or somebody edited it.",
    fix: "Nothing: it is deleted and made again from the data. If it happens again, check the disk.",
  },
  MTL7115: {
    slug: "nothing-to-fit",
    severity: "error",
    title: "no training data to fit on",
    message: (p: { feature: string }) => `feature \`${p.feature}\` is fitted on the training data, but there is none`,
    about: "A vocabulary, a scale or a boundary is fitted on the training data, and the command has none.",
    fix: "Name training data in the spec or with `--train`, or fix the values in the spec: `hash:` instead of `vocab:`.",
  },
  MTL7160: {
    slug: "no-label-column",
    severity: "error",
    title: "no label column found",
    message: (p: { file: string; columns: string; label?: string }) =>
      p.label === undefined
        ? `no column of \`${p.file}\` looks like a label (two values, or grades): name one with \`--label\`; its columns are ${p.columns}`
        : `\`${p.file}\` has no column \`${p.label}\`; its columns are ${p.columns}`,
    about:
      "`mtlc init --from FILE` looks for columns of two values (0 and 1, true and false, yes and no) or of grades. The file has no such column, or the column that `--label` names does not exist.",
    fix: "Name the columns that say what happened: `mtlc init --from FILE --label click,buy`.",
  },
  MTL7161: {
    slug: "no-feature-column",
    severity: "error",
    title: "no feature column found",
    message: (p: { file: string }) => `\`${p.file}\` has only labels: no column could be a feature`,
    about: "Every column of the file is a label, is empty, or is the same in every row.",
    fix: "Give a file that also has what was known before the event: who, what, when, where.",
  },
  MTL7120: {
    slug: "ambiguous-columns",
    severity: "error",
    title: "column names differ only in case",
    message: (p: { first: string; second: string }) =>
      p.first === p.second
        ? `the table would have two columns \`${p.first}\`; name each column once`
        : `the table would have the columns \`${p.first}\` and \`${p.second}\`, which many readers treat as one; keep only one of them`,
    about: "`--keep` repeats a column, or two columns whose names differ only in capital and small letters.",
    fix: "Keep each column once; rename one of the two in the file.",
  },
  MTL7121: {
    slug: "changed-files",
    severity: "error",
    title: "files changed while they were read",
    message: (p: { kept: number; rows: number } | { file: string }) =>
      "file" in p
        ? `\`${p.file}\` changed while it was read; run it again`
        : `there are predictions for ${p.rows} rows, but the files now have ${p.kept}: they changed while they were read; run it again`,
    about:
      "A file was written to between two looks at it: between the prediction of its rows and the copy of its columns, or between the look at its lines and the reading of their values.",
    fix: "Run the command again when nothing writes to the files.",
  },
  MTL7122: {
    slug: "missing-request-time",
    severity: "error",
    title: "missing request time",
    message: (p: { files: string; column?: string; row?: number; value?: string }) =>
      p.column === undefined
        ? `a formula calls \`age\`, but the time of the requests of \`${p.files}\` is unknown; name its column with \`--time\``
        : `\`${p.column}\` is \`${p.value ?? ""}\` in row ${p.row ?? 0} of \`${p.files}\`, which is not a time, but a formula calls \`age\`; write \`2026-11-05 12:30:00\`, or seconds (not milliseconds) since 1970`,
    about:
      "The formula that is tuned, or a condition of its ranking, calls `age(…)`, which needs the time of each request.",
    fix: "Name the column of the time with `--time`; its values are dates, or seconds since 1970.",
  },
});
