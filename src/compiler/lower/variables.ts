/** The state variables that layers and heads ask for, under the names of the spec, with what penalties need to find them. */
import type { FirstValues, ParameterGroup, Updatable } from "../builtins/index.js";
import type { TrainModel } from "../model/index.js";
import { firstValues } from "./training/part-optimizers.js";
import { float32, type GraphBuilder, type Initializer, type StateVariable, type ValueId } from "../graph/index.js";

/** A trained variable of a part of the network. */
export interface OwnedParameter {
  /** Node or logit: `t_ctr`, `t_ctr/1`, `ctr/logit`; the members of a family have theirs as one. */
  readonly owner: string;
  /** In its owner: `0.weight`. */
  readonly name: string;
  readonly group: ParameterGroup;
  readonly value: ValueId;
  /** Set where each of these has a piece of it, one below the other: `b.income`. */
  readonly pieces?: readonly string[];
}

export interface Variables {
  readonly parameter: (
    owner: string,
    name: string,
    shape: readonly number[],
    initializer: FirstValues,
    group: ParameterGroup,
  ) => ValueId;
  readonly statistic: (owner: string, name: string, shape: readonly number[], initial: number) => Updatable;
  /** One variable of which each of the owners has a piece under its own name: [owners, …shape]. */
  readonly parameterOfEach: (
    family: string,
    owners: readonly string[],
    name: string,
    shape: readonly number[],
    initializer: FirstValues,
    group: ParameterGroup,
  ) => ValueId;
  readonly statisticOfEach: (
    family: string,
    owners: readonly string[],
    name: string,
    shape: readonly number[],
    initial: number,
  ) => Updatable;
  /** In the order in which they were asked for. */
  readonly parameters: readonly OwnedParameter[];
  /** New values of statistics by variable. */
  readonly updates: ReadonlyMap<string, ValueId>;
}

/** `train`: what the spec says of first values. */
export function createVariables(builder: GraphBuilder, train: Pick<TrainModel, "init">): Variables {
  const parameters = new Map<string, OwnedParameter>();
  const updates = new Map<string, ValueId>();
  return {
    parameter: (owner, name, shape, initializer, group) => {
      const value = builder.state(
        plainVariable(`${owner}.${name}`, shape, firstValues(train, { owner, group }, initializer), "parameter"),
      );
      parameters.set(`${owner}.${name}`, { owner, name, group, value });
      return value;
    },
    statistic: (owner, name, shape, initial) => {
      const variable = `${owner}.${name}`;
      const value = builder.state(plainVariable(variable, shape, { kind: "constant", value: initial }, "statistic"));
      return { value, update: (next) => void updates.set(variable, next) };
    },
    parameterOfEach: (family, owners, name, shape, initializer, group) => {
      const first = owners.map((owner) => firstValues(train, { owner, group }, initializer));
      const variable = splitVariable(family, owners, name, shape, first, "parameter");
      const whole = builder.state(variable);
      parameters.set(variable.name, { owner: family, name, group, value: whole, pieces: owners });
      return builder.reshape(whole, [owners.length, ...shape]);
    },
    statisticOfEach: (family, owners, name, shape, initial) => {
      const first = owners.map((): Initializer => ({ kind: "constant", value: initial }));
      const variable = splitVariable(family, owners, name, shape, first, "statistic");
      const whole = builder.state(variable);
      return {
        value: builder.reshape(whole, [owners.length, ...shape]),
        update: (next) => void updates.set(variable.name, builder.reshape(next, builder.shape(whole))),
      };
    },
    get parameters() {
      return [...parameters.values()];
    },
    updates,
  };
}

/** The owners' tensors of one shape, one below the other, so that one product serves all of them. */
function splitVariable(
  family: string,
  owners: readonly string[],
  name: string,
  shape: readonly number[],
  initializers: readonly Initializer[],
  role: StateVariable["role"],
): StateVariable {
  const [rows = 1, ...rest] = shape;
  return {
    name: `${family}.${name}`,
    type: float32(owners.length * rows, ...rest),
    role,
    pieces: owners.map((owner, index) => ({
      name: `${owner}.${name}`,
      row: index * rows,
      rows,
      initializer: initializers[index] ?? { kind: "constant", value: 0 },
    })),
  };
}

function plainVariable(
  name: string,
  shape: readonly number[],
  initializer: Initializer,
  role: StateVariable["role"],
): StateVariable {
  return { name, type: float32(...shape), role, pieces: [{ name, row: 0, rows: shape[0] ?? 1, initializer }] };
}
