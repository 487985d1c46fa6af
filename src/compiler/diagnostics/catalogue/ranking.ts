import { defineDiagnostics } from "../define.js";

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

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
      reason: string;
      expected: string;
    }) =>
      `\`${p.input}\` of ${p.candidate === undefined ? "" : `candidate \`${p.candidate}\` of `}request \`${p.request}\` is ${p.reason}; it has to be ${p.expected}`,
  },
  MTL7513: {
    severity: "error",
    title: "two candidates of one identifier",
    message: (p: { request: string; id: string }) =>
      `request \`${p.request}\` has two candidates \`${p.id}\`; identifiers are unique in a request`,
  },
  MTL7514: {
    severity: "error",
    title: "more candidates than a request may have",
    message: (p: { request: string; limit: number }) => `request \`${p.request}\` has more than ${p.limit} candidates`,
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
});
