/** A layer that stands for n networks, held to n layers. */
import { describe, expect, it } from "vitest";
import { distance } from "../lower/harness.js";
import { layerNamed, type LayerRun, runLayer, someRows, withDefaults } from "./harness.js";

const run = (name: string, options: LayerRun) => runLayer(layerNamed(name), options);

/** Unlike every width of a case, so that the axis of copies is known by its size. */
export const copies = 7;

/**
 * Declares what holds of every layer: the shape that it returns is the one of its rule, and with replicas it is as many
 * networks that share nothing, on an input that they share and on one of each.
 */
export function describeLayer(name: string, options: LayerRun): void {
  describe(name, () => {
    const layer = layerNamed(name);
    const [width = 0] = (() => {
      const shapes = options.inputs.map(({ shape }) => shape.slice(1));
      const result = layer.shape(shapes, withDefaults(layer.parameters, options.arguments));
      return result.kind === "shape" ? result.shape : [];
    })();

    it("returns the shape that its rule says", () => {
      for (const training of [false, true]) {
        expect(run(name, { ...options, training }).output.shape).toEqual([5, width]);
        expect(run(name, { ...options, training, replicas: copies }).output.shape).toEqual([5, copies, width]);
      }
    });

    it.each(["shared", "replicated"] as const)("copied, on a %s input, is as many networks", (input) => {
      for (const training of [false, true]) {
        const inputs =
          input === "shared"
            ? options.inputs
            : options.inputs.map(({ shape: [rows = 0, d = 0] }) => someRows(rows, copies, d));
        const together = run(name, { ...options, inputs, training, replicas: copies });
        for (let copy = 0; copy < copies; copy += 1) {
          const single = run(name, {
            ...options,
            training,
            inputs: inputs.map((rows) => (rows.shape.length === 3 ? copyOf(rows.shape, rows.data, 1, copy) : rows)),
            state: Object.fromEntries(
              together.variables.map((variable) => {
                const shape = variable.type.shape.map(Number);
                const before = stateBefore(together, variable.name);
                return [variable.name, copyOf(shape, before, shape.indexOf(copies), copy).data];
              }),
            ),
          });
          expect(
            distance([...single.output.data], copyOf([5, copies, width], together.output.data, 1, copy).data),
          ).toBeLessThan(1e-12);
        }
      }
    });
  });
}

/** Statistics move in a training run; what it started from is what the layer says. */
function stateBefore(result: ReturnType<typeof run>, name: string): ArrayLike<number> {
  const variable = result.variables.find((each) => each.name === name);
  const initializer = variable?.pieces[0]?.initializer;
  const data = result.state.get(name)?.data ?? [];
  return variable?.role === "statistic" && initializer?.kind === "constant"
    ? Array.from(data, () => initializer.value)
    : data;
}

/** One copy out of an array whose axis `axis` counts the copies. */
export function copyOf(
  shape: readonly number[],
  data: ArrayLike<number>,
  axis: number,
  copy: number,
): { readonly shape: readonly number[]; readonly data: readonly number[] } {
  const count = shape[axis] ?? 1;
  const inner = shape.slice(axis + 1).reduce((product, side) => product * side, 1);
  return {
    shape: shape.filter((_, place) => place !== axis),
    data: Array.from(data).filter((_, place) => Math.floor(place / inner) % count === copy),
  };
}
