import { defineDiagnostics } from "../define.js";

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

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
    severity: "error",
    title: "unknown ranking",
    message: (p: { rank: string; known: readonly string[] }) =>
      `there is no ranking \`${p.rank}\`; the spec has ${list(p.known)}`,
  },
  MTL7511: {
    severity: "error",
    title: "spec without a ranking",
    message: (p: { spec: string }) =>
      `\`${p.spec}\` declares no ranking; write one: \`rank page = top 10 by score with home\``,
  },
  MTL7512: {
    severity: "error",
    title: "value that a ranking cannot take",
    message: (p: {
      request: string;
      candidate?: string | undefined;
      input: string;
      reason: "missing" | "outside" | "type" | "unknown";
      expected: string;
    }) =>
      `\`${p.input}\` of ${p.candidate === undefined ? "" : `candidate \`${p.candidate}\` of `}${named(p.request)} is ${reasons[p.reason]}; it has to be ${p.expected}`,
  },
  MTL7513: {
    severity: "error",
    title: "two candidates of one identifier",
    message: (p: { request: string; id: string }) =>
      `${named(p.request)} has two candidates \`${p.id}\`; identifiers are unique in a request`,
  },
  MTL7514: {
    severity: "error",
    title: "more candidates than a request may have",
    message: (p: { request: string; limit: number }) => `${named(p.request)} has more than ${p.limit} candidates`,
  },
  MTL7515: {
    severity: "error",
    title: "request in two pieces",
    message: (p: { request: string; row: number; column: string }) =>
      `request \`${p.request}\` comes back at row ${p.row}; rows of one request have to stand together: sort the file by \`${p.column}\``,
  },
  MTL7516: {
    severity: "error",
    title: "column that is not there",
    message: (p: { column: string; what: string; known: readonly string[] }) =>
      `there is no column \`${p.column}\`, ${p.what}; the file has ${list(p.known)}`,
  },
  MTL7517: {
    severity: "error",
    title: "value that the file lacks",
    message: (p: { input: string; rank: string; isHead: boolean; known: readonly string[] }) =>
      `ranking \`${p.rank}\` reads \`${p.input}\`, ${p.isHead ? "which a trained artifact would predict" : "which the file does not have"}; its columns are ${list(p.known)}`,
  },
  MTL7518: {
    severity: "error",
    title: "file of no known form",
    message: (p: { file: string; problem: string; expected: string }) =>
      `\`${p.file}\` holds no candidates: ${p.problem}; expected ${p.expected}`,
  },
  MTL7519: {
    severity: "error",
    title: "unknown arm of an experiment",
    message: (p: { given: string; known: readonly string[] }) =>
      `there is no arm \`${p.given}\`; the spec has ${p.known.length === 0 ? "no experiment" : list(p.known)}`,
  },
  MTL7520: {
    severity: "warning",
    title: "head that the candidates bring",
    message: (p: { head: string; request: string }) =>
      `candidates bring \`${p.head}\`, from ${named(p.request)} on: their values are used in place of the network's`,
  },
  MTL7521: {
    severity: "warning",
    title: "name that nothing reads",
    message: (p: { name: string; whose: string; request: string; suggestion?: string | undefined }) =>
      `nothing reads \`${p.name}\` of ${p.whose} of ${named(p.request)}${p.suggestion === undefined ? "" : `; did you mean \`${p.suggestion}\`?`}`,
  },
  MTL7522: {
    severity: "warning",
    title: "values that training has not seen",
    message: (p: { rows: number; unseen: readonly { readonly feature: string; readonly count: number }[] }) =>
      `in ${p.rows} rows, ${p.unseen.map(({ feature, count }) => `${count} ${count === 1 ? "value" : "values"} of \`${feature}\``).join(", ")} ${p.unseen.length === 1 && p.unseen[0]?.count === 1 ? "was" : "were"} not in the training data`,
  },
  MTL7523: {
    severity: "error",
    title: "two values of one request",
    message: (p: { input: string; request: string; row: number }) =>
      `\`${p.input}\` is a value of the request, and the rows of request \`${p.request}\` do not agree on it: row ${p.row} differs from the first`,
  },
  MTL7524: {
    severity: "error",
    title: "time that is not in seconds",
    message: (p: { found: string }) =>
      `the time of a request is ${p.found}; it has to be a number of seconds since 1970, before the year 2200: \`Date.now() / 1000\``,
  },
});
