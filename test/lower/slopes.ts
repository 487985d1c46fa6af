/** The gradients of a whole training step, held to difference quotients of the loss. */
import { createRandom, type Feeds, type Opened, scalar } from "./harness.js";

/** The largest step of the difference that leaves a ReLU on its side, mostly. */
const step = 1e-6;

/**
 * How far the gradients of a spec with `optimizer: sgd(lr: 1)` are from central differences of `loss`, relative to 1 or to
 * the gradient: of `count` numbers of each trained variable, chosen by chance. The loss must not draw random numbers.
 */
export function gradientError({ program, interpreter, run }: Opened, feeds: Feeds, count = 4): number {
  const random = createRandom(11);
  const trained = program.state.filter(({ role }) => role === "parameter");
  const values = new Map(trained.map(({ name }) => [name, [...interpreter.get(name).data]] as const));
  const put = (): void => values.forEach((data, name) => interpreter.set(name, data));
  run("train", feeds);
  const slopes = new Map(
    [...values].map(([name, data]) => {
      const after = interpreter.get(name).data;
      return [name, data.map((value, index) => value - (after[index] ?? NaN))] as const;
    }),
  );
  put();
  const lossAt = (name: string, index: number, shift: number): number => {
    const data = [...(values.get(name) ?? [])];
    data[index] = (data[index] ?? NaN) + shift;
    interpreter.set(name, data);
    return scalar(run("evaluate", feeds), "loss");
  };
  const errors = [...values].flatMap(([name, data]) =>
    Array.from({ length: count }, () => {
      const index = Math.floor(random() * data.length);
      const quotient = (lossAt(name, index, step) - lossAt(name, index, -step)) / (2 * step);
      interpreter.set(name, data);
      const slope = slopes.get(name)?.[index] ?? NaN;
      return Math.abs(quotient - slope) / Math.max(1, Math.abs(slope));
    }),
  );
  return errors.reduce((most, error) => (error <= most ? most : error), 0);
}
