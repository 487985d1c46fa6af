import { defineDiagnostics } from "../define.js";

const lackingColumn = (p: { column: string; user: string; suggestion?: string | undefined }): string =>
  `\`${p.column}\` (${p.user}${p.suggestion === undefined ? "" : `; is it what \`${p.suggestion}\` means?`})`;

/** MTL72xx: artifacts on disk. */
export const artifactsDiagnostics = defineDiagnostics({
  MTL7201: {
    severity: "error",
    title: "not an artifact",
    message: (p: { directory: string; problem: string }) =>
      `\`${p.directory}\` is not an artifact: ${p.problem}; give a directory that \`mtlc train\` or \`mtlc compile\` wrote`,
  },
  MTL7202: {
    severity: "error",
    title: "artifact of a newer mtlc",
    message: (p: { directory: string; found: number; supported: number; writer: string }) =>
      `\`${p.directory}\` has artifact format ${p.found}, written by mtlc ${p.writer}; this mtlc reads formats up to ${p.supported}: update mtlc`,
  },
  MTL7203: {
    severity: "error",
    title: "damaged artifact",
    message: (p: { file: string; problem: string }) =>
      `\`${p.file}\` is damaged: ${p.problem}; copy the artifact again, or write it anew`,
  },
  MTL7204: {
    severity: "error",
    title: "manifest does not follow its schema",
    message: (p: { file: string; problem: string }) =>
      `\`${p.file}\` does not follow the manifest's schema: ${p.problem}`,
  },
  MTL7205: {
    severity: "error",
    title: "output directory holds something else",
    message: (p: { directory: string; entry: string }) =>
      `\`${p.directory}\` is not an artifact and not empty (it holds \`${p.entry}\`), so it is left alone; give another directory`,
  },
  MTL7206: {
    severity: "error",
    title: "artifact without weights",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` was compiled and not trained, so it cannot predict; give what \`mtlc train\` wrote`,
  },
  MTL7207: {
    severity: "error",
    title: "weights do not fit the model",
    message: (p: { name: string; problem: string }) => `the weights do not fit the model: \`${p.name}\` ${p.problem}`,
  },
  MTL7210: {
    severity: "error",
    title: "rows without a column of a feature",
    message: (p: {
      row?: number | undefined;
      missing: readonly { readonly column: string; readonly user: string; readonly suggestion?: string | undefined }[];
      known: readonly string[];
    }) =>
      `${p.row === undefined ? "no row brings" : `row ${p.row} does not bring`} ${p.missing.map(lackingColumn).join(", ")}, which the network reads; found: ${p.known.length === 0 ? "none" : p.known.map((name) => `\`${name}\``).join(", ")}`,
  },
  MTL7211: {
    severity: "error",
    title: "rows that are not a list of records",
    message: (p: { found: string }) =>
      `\`predict\` takes a list of rows, each a record of column values, and not ${p.found}; write \`predict([{ … }])\``,
  },
  MTL7212: {
    severity: "warning",
    title: "weights that were never trained",
    message: (p: { directory: string }) =>
      `\`${p.directory}\` was compiled and not trained: its weights are those that training begins with`,
  },
  MTL7213: {
    severity: "error",
    title: "artifact without a network",
    message: (p: { directory: string; needs: "predict" | "measure" | "start from" }) =>
      `\`${p.directory}\` has no network${p.needs === "predict" ? " and no chain over signals, so there is nothing to predict; `mtlc rank` ranks by its formulas" : p.needs === "measure" ? ", so there is nothing to measure; `mtlc tune` measures its formulas on a log" : ", so there are no weights to start from"}`,
  },
});
