/** Options that several commands share, so that they read and mean the same everywhere. */
export const formatOption = {
  kind: "choice",
  values: ["human", "json"],
  default: "human",
  doc: "output format",
} as const;

export const engineOption = {
  kind: "choice",
  values: ["fused", "native", "wasm", "cpu"],
  doc: "engine that runs the graph (default: MTLC_ENGINE, else the fastest that works)",
} as const;

/** Of what trains. */
export const productsOption = {
  kind: "choice",
  values: ["float32", "bfloat16"],
  doc: "what the factors of a step's products of matrices are rounded to; bfloat16 is faster, on processors that have it (default: float32)",
} as const;

/** {@link engineOption} of what only predicts. */
export const predictEngineOption = {
  ...engineOption,
  values: [...engineOption.values, "onnx", "simd"],
} as const;

export const testOption = {
  kind: "list",
  value: "FILE",
  doc: "test data (default: the spec's); globs allowed",
} as const;

export const trainFilesOption = {
  kind: "list",
  value: "FILE",
  doc: "training data (default: the spec's); globs allowed",
} as const;

export const validationOption = {
  kind: "list",
  value: "FILE",
  doc: "validation data (default: the spec's); globs allowed",
} as const;

export const targetOption = {
  kind: "names",
  value: "NAME",
  doc: "forms in which others run the model: `mtlc targets` lists them",
} as const;

export const quietOption = {
  kind: "flag",
  short: "q",
  doc: "no progress, only warnings, errors and the result",
} as const;

/** `--deny warnings`: a warning is exit 1; `--deny none` goes before `denyWarnings` of the project file. */
export const denyOption = {
  kind: "choice",
  values: ["warnings", "none"],
  doc: "whether a warning in a spec is exit 1 (default: `denyWarnings` of `mtlc.json`, else none)",
} as const;
