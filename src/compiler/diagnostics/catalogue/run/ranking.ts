import { defineDiagnostics } from "../../define.js";
import { didYouMean, joinNames } from "../../words.js";

const reasons = {
  missing: "missing",
  outside: "out of range",
  type: "of the wrong type",
  unknown: "unknown",
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
    fix: "Use one of the rankings that the message lists.",
  },
  MTL7511: {
    slug: "no-ranking",
    severity: "error",
    title: "spec without a ranking",
    message: (p: { spec: string }) =>
      `\`${p.spec}\` declares no ranking; write one: \`rank page = top 10 by score with home\``,
    about: "The spec has scores but no `rank`, so there is no list to make.",
    fix: "Declare a ranking: `rank page = top 10 by score`.",
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
      `\`${p.input}\` of ${p.candidate === undefined ? "" : `candidate \`${p.candidate}\` of `}${named(p.request)} is ${reasons[p.reason]}; expected ${p.expected}`,
    about:
      "A value of a candidate or a request is missing, of another type, or out of its declared range, and the spec says to refuse it; or the request has a member that requests do not have. The other requests of the files are answered.",
    fix: "Correct the data, or state in the spec what such a value means.",
  },
  MTL7513: {
    slug: "duplicate-candidate",
    severity: "error",
    title: "duplicate candidate",
    message: (p: { request: string; id: string }) =>
      `${named(p.request)} has two candidates \`${p.id}\`; identifiers are unique in a request`,
    about: "Two candidates of a request have the same identifier, so the list would be ambiguous.",
    fix: "Name the column of identifiers with `--id COLUMN`, or keep the first of each with `--duplicates first`.",
  },
  MTL7514: {
    slug: "too-many-candidates",
    severity: "error",
    title: "too many candidates",
    message: (p: { request: string; limit: number }) => `${named(p.request)} has more than ${p.limit} candidates`,
    about: "A request has more candidates than the limit, which bounds the work per request.",
    fix: "Select among them before, by a source with `top` in the ranking.",
  },
  MTL7515: {
    slug: "split-request",
    severity: "error",
    title: "rows of a request are not contiguous",
    message: (p: { request: string; row: number; column: string }) =>
      `request \`${p.request}\` appears again at row ${p.row}; the rows of a request must be contiguous: sort the file by \`${p.column}\``,
    about:
      "The rows of a request are not contiguous. The file is read as a stream, so that its size does not matter, and a request is ranked when its rows end.",
    fix: "Sort the file by the column of requests.",
  },
  MTL7516: {
    slug: "unknown-column",
    severity: "error",
    title: "unknown column",
    message: (p: { column: string; what: string; known: readonly string[] }) =>
      `there is no column \`${p.column}\`, ${p.what}; the file has ${joinNames(p.known)}`,
    about: "An option names a column that the file does not have.",
    fix: "Use one of the columns that the message lists.",
  },
  MTL7517: {
    slug: "missing-ranking-input",
    severity: "error",
    title: "missing input of a ranking",
    message: (p: { input: string; rank: string; isHead: boolean; known: readonly string[] }) =>
      `ranking \`${p.rank}\` reads \`${p.input}\`, ${p.isHead ? "a head that only a trained artifact predicts" : "which the file does not have"}; its columns are ${joinNames(p.known)}`,
    about: "The ranking reads a value that the file does not have.",
    fix: "Add the column; for a head of the network, give a trained artifact instead of the spec.",
  },
  MTL7518: {
    slug: "unknown-candidate-format",
    severity: "error",
    title: "unknown format of candidates",
    message: (p: { file: string; problem: string; expected: string }) =>
      `\`${p.file}\` has no candidates: ${p.problem}; expected ${p.expected}`,
    about: "The file has none of the known formats of candidates.",
    fix: "Use JSON lines, CSV, TSV or Parquet; the message says what was found.",
  },
  MTL7519: {
    slug: "unknown-arm",
    severity: "error",
    title: "unknown arm of an experiment",
    message: (p: { given: string; known: readonly string[] }) =>
      `there is no arm \`${p.given}\`; the spec has ${p.known.length === 0 ? "no experiment" : joinNames(p.known)}`,
    about: "`--experiment` names an arm that no experiment of the spec has.",
    fix: "Use one of the arms that the message lists.",
  },
  MTL7520: {
    slug: "provided-head",
    severity: "warning",
    title: "candidates provide a predicted head",
    message: (p: { head: string; request: string }) =>
      `candidates provide \`${p.head}\`, from ${named(p.request)} on: their values are used instead of the network's`,
    about:
      "Candidates provide a value with the name of a head that the network of the artifact predicts. The given value is used for the candidates that have it.",
    fix: "Remove the column if the network should predict the head.",
  },
  MTL7521: {
    slug: "unread-name",
    severity: "warning",
    title: "unread name",
    message: (p: { name: string; whose: string; request: string; suggestion?: string | undefined }) =>
      `nothing reads \`${p.name}\` of ${p.whose} of ${named(p.request)}${didYouMean(p.suggestion)}`,
    about:
      "A candidate or the values of a request have a name that neither the spec nor the network reads, and a similar name is missing.",
    fix: "Correct the name.",
  },
  MTL7522: {
    slug: "unseen-request-values",
    severity: "warning",
    title: "values not seen in training",
    message: (p: { rows: number; unseen: readonly { readonly feature: string; readonly count: number }[] }) =>
      `in ${p.rows} rows, ${p.unseen.map(({ feature, count }) => `${count} ${count === 1 ? "value" : "values"} of \`${feature}\``).join(", ")} ${p.unseen.length === 1 && p.unseen[0]?.count === 1 ? "was" : "were"} not in the training data`,
    about:
      "Vocabularies come from the training data. Values that are not in it share one embedding, that of an unknown value.",
    fix: "For a few values, nothing. For most values, check that the column has the same meaning as in training, or train again on newer data.",
  },
  MTL7523: {
    slug: "conflicting-request-value",
    severity: "error",
    title: "conflicting values of a request",
    message: (p: { input: string; request: string; row: number }) =>
      `\`${p.input}\` is a value of the request, but the rows of request \`${p.request}\` have different values: row ${p.row} differs from the first`,
    about:
      "Rows of one request have different values where the spec declares a value of the request, of which there is only one.",
    fix: "Group the rows by a column that identifies the request (`--group COLUMN`), or declare the value in `attributes`.",
  },
  MTL7524: {
    slug: "time-not-in-seconds",
    severity: "error",
    title: "time is not in seconds",
    message: (p: { found: string }) =>
      `the time of a request is ${p.found}; expected seconds since 1970, before the year 2200: \`Date.now() / 1000\``,
    about: "A program gave flow control a time that is not in seconds since 1970; most often it is in milliseconds.",
    fix: "Write `Date.now() / 1000`: the time of a request is in seconds everywhere.",
  },
});
