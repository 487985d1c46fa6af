import { defineDiagnostics } from "../../define.js";
import { didYouMean, joinNames } from "../../words.js";

const reasons = {
  missing: "missing",
  outside: "outside its range",
  type: "of another type",
  unknown: "not known",
} as const;

/** A program need not name its requests. */
const named = (request: string): string => (request === "" ? "the request" : `request \`${request}\``);

/** MTL751x and MTL752x: rankings at run time. */
export const rankingDiagnostics = defineDiagnostics({
  MTL7510: {
    slug: "unknown-ranking",
    severity: "error",
    title: "unknown ranking",
    message: (p: { rank: string; known: readonly string[] }) =>
      `there is no ranking \`${p.rank}\`; the spec has ${joinNames(p.known)}`,
    about: "The command names a ranking that the spec does not declare.",
    fix: "Name one of those that the message lists.",
  },
  MTL7511: {
    slug: "no-ranking",
    severity: "error",
    title: "spec without a ranking",
    message: (p: { spec: string }) =>
      `\`${p.spec}\` declares no ranking; write one: \`rank page = top 10 by score with home\``,
    about: "The spec has scores and no `rank`, so there is no list to make.",
    fix: "Declare one: `rank page = top 10 by score`.",
  },
  MTL7512: {
    slug: "refused-value",
    severity: "error",
    title: "refused value of a request",
    message: (p: {
      request: string;
      candidate?: string | undefined;
      input: string;
      reason: "missing" | "outside" | "type" | "unknown";
      expected: string;
    }) =>
      `\`${p.input}\` of ${p.candidate === undefined ? "" : `candidate \`${p.candidate}\` of `}${named(p.request)} is ${reasons[p.reason]}; it has to be ${p.expected}`,
    about:
      "A candidate's or a request's value is missing, of another type, or outside of its declared range, and the spec says to refuse such; or the request has a member that requests do not have. The other requests of the files are answered.",
    fix: "Correct the data, or say in the spec what such a value means.",
  },
  MTL7513: {
    slug: "duplicate-candidate",
    severity: "error",
    title: "duplicate candidate",
    message: (p: { request: string; id: string }) =>
      `${named(p.request)} has two candidates \`${p.id}\`; identifiers are unique in a request`,
    about: "Two candidates of a request have one identifier, so the list could not say which is meant.",
    fix: "Name the column that tells them apart with `--id COLUMN`, or keep the first of each with `--duplicates first`.",
  },
  MTL7514: {
    slug: "too-many-candidates",
    severity: "error",
    title: "too many candidates",
    message: (p: { request: string; limit: number }) => `${named(p.request)} has more than ${p.limit} candidates`,
    about: "A request has more candidates than one may have. The limit bounds the work for a request.",
    fix: "Choose among them before, by a source with `top` in the ranking.",
  },
  MTL7515: {
    slug: "split-request",
    severity: "error",
    title: "rows of a request are not contiguous",
    message: (p: { request: string; row: number; column: string }) =>
      `request \`${p.request}\` comes back at row ${p.row}; rows of one request have to stand together: sort the file by \`${p.column}\``,
    about:
      "The rows of a request do not stand together. The file is read as a stream, so that its size does not matter, and a request is ranked when its rows end.",
    fix: "Sort the file by the column of requests.",
  },
  MTL7516: {
    slug: "unknown-column",
    severity: "error",
    title: "unknown column",
    message: (p: { column: string; what: string; known: readonly string[] }) =>
      `there is no column \`${p.column}\`, ${p.what}; the file has ${joinNames(p.known)}`,
    about: "An option names a column that the file does not have.",
    fix: "Name one of those that the message lists.",
  },
  MTL7517: {
    slug: "missing-ranking-input",
    severity: "error",
    title: "missing input of a ranking",
    message: (p: { input: string; rank: string; isHead: boolean; known: readonly string[] }) =>
      `ranking \`${p.rank}\` reads \`${p.input}\`, ${p.isHead ? "which a trained artifact would predict" : "which the file does not have"}; its columns are ${joinNames(p.known)}`,
    about: "The ranking reads a value that the file does not bring.",
    fix: "Add the column; a head of the network comes from a trained artifact, given in place of the spec.",
  },
  MTL7518: {
    slug: "unknown-candidate-format",
    severity: "error",
    title: "unknown format of candidates",
    message: (p: { file: string; problem: string; expected: string }) =>
      `\`${p.file}\` holds no candidates: ${p.problem}; expected ${p.expected}`,
    about: "The file is in none of the forms that candidates come in.",
    fix: "JSON lines, CSV, TSV and Parquet are read; the message says what was found.",
  },
  MTL7519: {
    slug: "unknown-arm",
    severity: "error",
    title: "unknown arm of an experiment",
    message: (p: { given: string; known: readonly string[] }) =>
      `there is no arm \`${p.given}\`; the spec has ${p.known.length === 0 ? "no experiment" : joinNames(p.known)}`,
    about: "`--experiment` names an arm that no experiment of the spec has.",
    fix: "Name one of those that the message lists.",
  },
  MTL7520: {
    slug: "provided-head",
    severity: "warning",
    title: "candidates provide a predicted head",
    message: (p: { head: string; request: string }) =>
      `candidates bring \`${p.head}\`, from ${named(p.request)} on: their values are used in place of the network's`,
    about:
      "Candidates bring a value with the name of a head that the artifact's network predicts. The value that is given is used, for the candidates that bring it.",
    fix: "Leave the column out where the network should predict it.",
  },
  MTL7521: {
    slug: "unread-name",
    severity: "warning",
    title: "unread name",
    message: (p: { name: string; whose: string; request: string; suggestion?: string | undefined }) =>
      `nothing reads \`${p.name}\` of ${p.whose} of ${named(p.request)}${didYouMean(p.suggestion)}`,
    about:
      "A candidate or the values of a request have a name that neither the spec nor the network reads, and a name like it is absent.",
    fix: "Correct the name.",
  },
  MTL7522: {
    slug: "unseen-request-values",
    severity: "warning",
    title: "values not seen in training",
    message: (p: { rows: number; unseen: readonly { readonly feature: string; readonly count: number }[] }) =>
      `in ${p.rows} rows, ${p.unseen.map(({ feature, count }) => `${count} ${count === 1 ? "value" : "values"} of \`${feature}\``).join(", ")} ${p.unseen.length === 1 && p.unseen[0]?.count === 1 ? "was" : "were"} not in the training data`,
    about: "Vocabularies are made from the training data. Values that it did not hold count as unknown, all alike.",
    fix: "For a few values, nothing. For most of them, look whether the column holds what it held in training, or train again on newer data.",
  },
  MTL7523: {
    slug: "conflicting-request-value",
    severity: "error",
    title: "conflicting values of a request",
    message: (p: { input: string; request: string; row: number }) =>
      `\`${p.input}\` is a value of the request, and the rows of request \`${p.request}\` do not agree on it: row ${p.row} differs from the first`,
    about:
      "Rows that make one request hold different values where the spec declares a value of the request, of which there is one.",
    fix: "Group the rows by a column that tells the requests apart (`--group COLUMN`), or declare the value in `attributes`.",
  },
  MTL7524: {
    slug: "time-not-in-seconds",
    severity: "error",
    title: "time is not in seconds",
    message: (p: { found: string }) =>
      `the time of a request is ${p.found}; it has to be a number of seconds since 1970, before the year 2200: \`Date.now() / 1000\``,
    about:
      "A program gave flow control a time that is not a number of seconds since 1970; most often it is one of milliseconds.",
    fix: "`Date.now() / 1000`: the time of a request is in seconds everywhere.",
  },
});
