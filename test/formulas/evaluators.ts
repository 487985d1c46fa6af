/** Both evaluators of formulas over one frame, for tests. */
import {
  calledFunctions,
  createEvaluator,
  generateFormulas,
  type Frame,
  type NamedFormula,
} from "../../src/compiler/formulas/index.js";

type EvaluateFormulas = (
  n: number,
  now: number,
  p: readonly unknown[],
  c: readonly unknown[],
  t: readonly unknown[],
  l: readonly unknown[],
  k: readonly string[],
) => readonly Float64Array[];

/** Runs the generated code. The product emits it as a module; a test may make a function of it. */
export function runGenerated(formulas: readonly NamedFormula[], frame: Frame): readonly Float64Array[] {
  const generated = generateFormulas(formulas);
  const library = calledFunctions;
  const create = new Function(...Object.keys(library), `${generated.source}return evaluateFormulas;`);
  const evaluate = (create as (...parts: readonly unknown[]) => EvaluateFormulas)(...Object.values(library));
  return evaluate(
    frame.count,
    frame.now,
    generated.params.map((name) => frame.params.get(name)),
    generated.numbers.map((name) => frame.numbers.get(name)),
    generated.texts.map((name) => frame.texts.get(name)),
    generated.lists.map((name) => frame.lists.get(name) ?? frame.vectors.get(name)),
    generated.constants,
  );
}

export function runInterpreter(formulas: readonly NamedFormula[], frame: Frame): readonly Float64Array[] {
  const evaluator = createEvaluator(frame);
  return formulas.map(({ value }) => evaluator.numbers(value));
}

/** Rows at which two columns differ in any bit; all NaN are one. */
export function differingRows(a: Float64Array, b: Float64Array): readonly number[] {
  return [...a.keys()].filter((i) => !Object.is(a[i], b[i]));
}
