/** Where the parts of an artifact are. */
export const artifactFiles = {
  spec: "spec.mtl",
  model: "model.json",
  fitted: "fitted.json",
  graph: "graph.txt",
  weights: "weights.safetensors",
  metrics: "metrics.json",
} as const;
