import { defineDiagnostics } from "../../define.js";
import { joinNames } from "../../words.js";

const missingColumn = (p: { column: string; user: string; suggestion?: string | undefined }): string =>
  `\`${p.column}\` (${p.user}${p.suggestion === undefined ? "" : `; did you mean \`${p.suggestion}\`?`})`;

/** MTL72xx: artifacts on disk. */
export const artifactsDiagnostics = defineDiagnostics({
  MTL7201: {
    slug: "not-an-artifact",
    severity: "error",
    title: "not an artifact",
    message: (p: { directory: string; problem: string }) =>
      `\`${p.directory}\` is not an artifact: ${p.problem}; give a directory that \`mtlc train\` or \`mtlc compile\` wrote`,
    about: "The folder has no `manifest.json` of mtlc.",
    fix: "Give the folder that `mtlc train -o` or `mtlc compile -o` wrote.",
  },
  MTL7202: {
    slug: "newer-artifact",
    severity: "error",
    title: "artifact of a newer mtlc",
    message: (p: { directory: string; found: number; supported: number; writer: string }) =>
      `\`${p.directory}\` has artifact format ${p.found}, written by mtlc ${p.writer}; this mtlc reads formats up to ${p.supported}: update mtlc`,
    about: "A newer version wrote the artifact, in a format that this one does not know.",
    fix: "Update mtlc, or compile the spec again with this version.",
  },
  MTL7203: {
    slug: "damaged-artifact",
    severity: "error",
    title: "damaged artifact",
    message: (p: { file: string; problem: string }) =>
      `\`${p.file}\` is damaged: ${p.problem}; copy the artifact again, or write it again`,
    about: "A file of the artifact is missing, or its hash differs from the one in the manifest.",
    fix: "Copy the whole artifact again, or write it again.",
  },
  MTL7204: {
    slug: "invalid-manifest",
    severity: "error",
    title: "invalid manifest",
    message: (p: { file: string; problem: string }) =>
      `\`${p.file}\` does not follow the manifest's schema: ${p.problem}`,
    about: "The manifest does not follow its schema: it was edited, or another program wrote it.",
    fix: "Copy the artifact again, or write it again.",
  },
  MTL7205: {
    slug: "foreign-output-directory",
    severity: "error",
    title: "output directory is not an artifact",
    message: (p: { directory: string; entry: string }) =>
      `\`${p.directory}\` is not an artifact and not empty (it has \`${p.entry}\`), so it is left unchanged; give another directory`,
    about: "The output folder has files that mtlc did not write, and writing an artifact would replace them.",
    fix: "Give an empty or new folder.",
  },
  MTL7206: {
    slug: "untrained-artifact",
    severity: "error",
    title: "untrained artifact",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` was compiled but not trained, so it cannot predict; give an artifact that \`mtlc train\` wrote`,
    about: "`mtlc compile` writes initial weights, and the command needs trained ones.",
    fix: "Give an artifact that `mtlc train` wrote.",
  },
  MTL7207: {
    slug: "weights-mismatch",
    severity: "error",
    title: "weights do not fit the model",
    message: (p: { name: string; problem: string }) => `the weights do not fit the model: \`${p.name}\` ${p.problem}`,
    about: "The names or shapes of the weights differ from those of the model next to them.",
    fix: "The weights belong to another version of the spec: copy the whole artifact, or train again.",
  },
  MTL7210: {
    slug: "missing-row-column",
    severity: "error",
    title: "missing column in the rows",
    message: (p: {
      row?: number | undefined;
      missing: readonly { readonly column: string; readonly user: string; readonly suggestion?: string | undefined }[];
      known: readonly string[];
    }) =>
      `${p.row === undefined ? "every row is missing" : `row ${p.row} is missing`} ${p.missing.map(missingColumn).join(", ")}, which the network reads; found: ${p.known.length === 0 ? "none" : joinNames(p.known)}`,
    about:
      "Rows for a trained network are missing a column that one of its features reads, or one of them misspells it. The value would count as unknown, and the prediction would be wrong.",
    fix: "Provide the column, with null where the value is unknown. In a request to a ranking, a value of the request with the feature's name is used for it.",
  },
  MTL7211: {
    slug: "rows-not-a-list",
    severity: "error",
    title: "rows are not a list of records",
    message: (p: { found: string }) =>
      `\`predict\` takes a list of rows, each a record of column values, not ${p.found}; write \`predict([{ … }])\``,
    about: "A program gave `predict` one record, or something else, where a list of records is expected.",
    fix: "Put the record into brackets: `predict([{ user_id: 7 }])`.",
  },
  MTL7212: {
    slug: "initial-weights",
    severity: "warning",
    title: "untrained weights",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` was compiled but not trained: it has the initial weights of training`,
    about: "An artifact of `mtlc compile` is measured or used as a start. It has the initial weights of training.",
    fix: "Nothing, if that is intended; otherwise give an artifact that `mtlc train` wrote.",
  },
  MTL7213: {
    slug: "no-network",
    severity: "error",
    title: "artifact without a network",
    message: (p: { directory: string; needs: "predict" | "measure" | "start from" }) =>
      `\`${p.directory}\` has no network${p.needs === "predict" ? " and no chain over signals, so there is nothing to predict; `mtlc rank` ranks by its formulas" : p.needs === "measure" ? ", so there is nothing to measure; `mtlc tune` measures its formulas on a log" : ", so there are no weights to start from"}`,
    about: "The command needs a network, or a chain over signals, and the spec of the artifact has none.",
    fix: "Use its formulas and rules with `mtlc rank`, `mtlc test` and `mtlc tune`.",
  },
  MTL7214: {
    slug: "not-columns",
    severity: "error",
    title: "invalid columns, or columns of different lengths",
    message: (p: { problem: string }) => `\`predictColumns\` takes columns of one length by their names: ${p.problem}`,
    about:
      "A program gave `predictColumns` something else than columns, or columns that do not have the same number of rows.",
    fix: "Give an array, a typed array, `{ codes, dictionary }` or a vector of Apache Arrow for each raw column, all of one length, or a table of Apache Arrow.",
  },
});
