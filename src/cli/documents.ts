/**
 * The JSON documents that commands print, by name, with the version of each. A document says both as its first members,
 * as `manifest.json` does; `grammar/schemas` has a schema for each. A version changes when a reader of the older one could be
 * misled: a member that goes, changes its type or its meaning. New members may come without.
 */
export const documentVersions = {
  compare: 1,
  compile: 1,
  "compile-stats": 1,
  "compile-targets": 1,
  cost: 1,
  data: 1,
  diff: 1,
  "diff-files": 1,
  doc: 1,
  doctor: 1,
  eval: 1,
  explain: 1,
  flow: 1,
  fmt: 1,
  graph: 1,
  import: 1,
  init: 1,
  migrate: 1,
  predict: 1,
  rank: 1,
  search: 1,
  targets: 1,
  test: 1,
  train: 1,
  "train-profile": 1,
  "train-runs": 1,
  tune: 1,
  "tune-line": 1,
} as const;

export type DocumentName = keyof typeof documentVersions;

/** A document with its format and version. */
export function documentOf(name: DocumentName, content: object): object {
  return { format: `mtlc-${name}`, version: documentVersions[name], ...content };
}

/** The document as indented text that ends with a line break. */
export function documentText(name: DocumentName, content: object): string {
  return `${JSON.stringify(documentOf(name, content), undefined, 2)}\n`;
}

/** The document on one line of a stream, each line a document of its own. */
export function documentLine(name: DocumentName, content: object): string {
  return `${JSON.stringify(documentOf(name, content))}\n`;
}

/** The same of content that is JSON already: an object with members. */
export function documentLineOf(name: DocumentName, json: string): string {
  return `${JSON.stringify(documentOf(name, {})).slice(0, -1)},${json.slice(1)}\n`;
}
