/** The variables of a part as attributes of its module. */
import type { Initializer, StateVariable } from "../../graph/index.js";
import { call, type Expr, floatText, identifier, numberText } from "./python.js";

/** Where a variable of the spec lives in the package. */
export interface Placement {
  readonly variable: StateVariable;
  /** Key in the state dict: `t.income.layer_0.weight`. */
  readonly key: string;
  /** Whether it is kept as [out, in] in place of [in, out]. */
  readonly transposed: boolean;
  readonly shape: readonly number[];
}

const taken = new Set(
  "forward train eval parameters buffers modules children apply cuda cpu to type float half double state_dict register_buffer training dump_patches items keys values pop update clear named_parameters named_modules share_memory requires_grad_ zero_grad extra_repr features predict".split(
    " ",
  ),
);

/** A name that `nn.Module` does not have already. */
export function attribute(name: string): string {
  const text = identifier(name);
  return taken.has(text) ? `${text}_` : text;
}

/** The name of a variable in its part: `0.shared.0.weight` of `mix` is `layer_0_shared_0_weight`. */
export function localName(variable: string, owner: string): string {
  const rest = variable.slice(owner.length).replace(/^[/.]/, "");
  const text = rest.replace(/[^A-Za-z0-9]+/g, "_");
  return attribute(/^[0-9]/.test(text) ? `layer_${text}` : text);
}

/** The attribute of a linear map by its weight. */
export function stemOf(variable: string, owner: string): string {
  const stem = variable.replace(/\.?weight$/, "");
  return stem === owner ? attribute("linear") : localName(stem, owner);
}

export function shapeText(shape: readonly number[]): string {
  return shape.join(", ");
}

/** First values of a table as an expression. It has no inputs and units, so no start of its by Glorot's rule. */
export function tableValue(initializer: Initializer, shape: readonly number[]): Expr {
  return initializer.kind === "uniform" ? uniformValue(initializer, shape) : initialValue(initializer, shape);
}

function uniformValue({ low, high }: Extract<Initializer, { kind: "uniform" }>, shape: readonly number[]): Expr {
  return call(`torch.empty(${shapeText(shape)}).uniform_`, [numberText(low), numberText(high)]);
}

/** First values of a weight as an expression. */
export function initialValue(initializer: Initializer, shape: readonly number[]): Expr {
  const sizes = shapeText(shape);
  const empty = `torch.empty(${sizes})`;
  switch (initializer.kind) {
    case "constant":
      if (initializer.value === 0) return call("torch.zeros", shape.map(String));
      if (initializer.value === 1) return call("torch.ones", shape.map(String));
      return call("torch.full", [shape.length === 1 ? `(${sizes},)` : `(${sizes})`, floatText(initializer.value)]);
    case "normal":
      return call(`${empty}.normal_`, [numberText(initializer.mean), numberText(initializer.deviation)]);
    case "truncated":
      return call("nn.init.trunc_normal_", [
        empty,
        `std=${numberText(initializer.deviation)}`,
        `a=${numberText(-2 * initializer.deviation)}`,
        `b=${numberText(2 * initializer.deviation)}`,
      ]);
    case "uniform": {
      const fans = glorotFans(initializer);
      return fans === undefined
        ? uniformValue(initializer, shape)
        : call("glorot", [...shape.map(String), `fans=${fans}`]);
    }
    case "diagonal": {
      const { on, off, size, block } = initializer;
      const values = [`parts=${size}`, `same=${floatText(on)}`, `other=${floatText(off)}`];
      return call("mixing", [...shape.map(String), ...values, ...(block === 1 ? [] : [`width=${block}`])]);
    }
  }
}

/** Inputs and units together of a start by Glorot's rule. */
export function glorotFans(initializer: Initializer): number | undefined {
  if (initializer.kind !== "uniform" || initializer.low !== -initializer.high || initializer.high === 0)
    return undefined;
  const fans = 6 / initializer.high ** 2;
  const whole = Math.round(fans);
  return Math.abs(fans - whole) < 1e-6 * whole && Math.sqrt(6 / whole) === initializer.high ? whole : undefined;
}
