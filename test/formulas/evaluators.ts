/** The evaluators of formulas over one frame, for tests. */
import {
  calledFunctions,
  compileFormulas,
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

/** Steps over columns, as rankings run them; each formula also reads those before it. */
export function runCompiled(formulas: readonly NamedFormula[], frame: Frame): readonly Float64Array[] {
  const columns = compileFormulas(
    formulas.map(({ value }) => value),
    frame.fusions,
  );
  // Twice, with something else between: what one request leaves behind is none of the next one's.
  columns.load({ ...frame, count: Math.min(1, frame.count) });
  formulas.forEach((_, i) => columns.passing(i));
  columns.load(frame);
  return formulas.map((_, i) => columns.passing(i).slice(0, frame.count));
}

/** Rows at which two columns differ in any bit; all NaN are one. */
export function differingRows(a: Float64Array, b: Float64Array): readonly number[] {
  return [...a.keys()].filter((i) => !Object.is(a[i], b[i]));
}
