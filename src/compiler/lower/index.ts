/**
 * From the typed model to the tensor IR. In go a model and the sizes that its training data decides; out comes a program
 * with the functions `train`, `evaluate` and `predict` over one state, and what there is to say about that state. It knows
 * no engine and no data beyond those sizes, and it reports nothing: what a spec can get wrong, the checker has said.
 */
export { observedOutput } from "./training/observe.js";
export { type LowerOptions, lowerModel, stepVariable } from "./lower-model.js";
export { type EmbeddingOptions, type EmbeddingPiece, type EmbeddingTable, planEmbeddings } from "./embeddings.js";
export { lookupOf } from "./embeddings.js";
export type { ServingValues } from "./feature-values.js";
export { type ParameterRow, parameterTable } from "./parameter-table.js";
export { nodesOfHead, reachableNodes } from "./reachable.js";
export { type Forward, type ForwardInput, forwardInputs, lowerForward, parseForwardInput } from "./forward.js";
export { optimizerChoice, scheduleChoice } from "./training/part-optimizers.js";
