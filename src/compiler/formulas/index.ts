/**
 * Formulas at serving. In go the model's formulas and a request's candidates; out come columns of scores, the same from the
 * interpreter, from steps over columns and from generated JavaScript bit for bit, and what each part of a formula did for a
 * candidate.
 * Nothing here orders a list, reads a clock or draws a random number.
 */
export * from "./frame.js";
export { calledFunctions } from "./called.js";
export { compileFormulas, type FormulaColumns } from "./compile.js";
export { createEvaluator, type Evaluator } from "./interpret.js";
export {
  compareExplanations,
  explainFormula,
  type Contribution,
  type FormulaDifference,
  type FormulaExplanation,
} from "./explain.js";
export { generateFormulas, type GeneratedFormulas, type NamedFormula } from "./generate.js";
export {
  describeServingInput,
  readInputs,
  readServingValue,
  type InputRow,
  type LeftOut,
  type ReadResult,
  type ServingRequest,
} from "./read-inputs.js";
export { isSeconds, secondsOfText, secondsOfTime } from "./read-time.js";
