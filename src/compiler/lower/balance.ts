/** How the losses of a training step are balanced: what it minimises, what it combines, and what the balance remembers. */
import { type BalanceBuiltin, type BalanceContext, resolveBalance } from "../builtins/index.js";
import {
  float32,
  type GradientBalance,
  gradients,
  type GraphBuilder,
  int32,
  type NamedValue,
  type StateVariable,
  type TrainStep,
  type Update,
  type ValueId,
} from "../graph/index.js";
import { type Arguments, batchInputs, type Model } from "../model/index.js";
import { streamOf } from "./random-stream.js";

/** A loss of a head with its weight in the spec. */
export interface BalancedTerm {
  readonly head: string;
  /** float32[]. */
  readonly loss: ValueId;
  /** float32[]: the sum of the sample weights of its rows. */
  readonly weight: ValueId;
}

export interface BalanceInputs {
  readonly builder: GraphBuilder;
  readonly terms: readonly BalancedTerm[];
  /** float32[]: Σ of the penalties with their weights; absent without any. */
  readonly penalties: () => ValueId | undefined;
  /** float32[]: Σ of all, which `fixed` minimises. */
  readonly total: ValueId;
  /** Tensors of the network at which losses may part. */
  readonly tensors: () => readonly ValueId[];
  /** int32[]: the training steps done. */
  readonly step: () => ValueId;
  readonly random: (stream: number, shape: readonly (number | string)[]) => ValueId;
}

export interface LoweredBalance {
  /** float32[]: minimised as it is. */
  readonly loss?: ValueId;
  readonly balance?: GradientBalance;
  /** What it trains besides the model's parameters. */
  readonly variables: readonly StateVariable[];
  /** Of what it remembers. */
  readonly updates: readonly Update[];
  /** `balance/<head>` [1]: what the step weights the loss with, where there is one number. */
  readonly outputs: (step: TrainStep) => readonly NamedValue[];
}

export function lowerBalance(
  { method, arguments: args }: Model["loss"]["balance"],
  inputs: BalanceInputs,
): LoweredBalance {
  const row = resolveBalance(method);
  if (row === undefined) throw new Error(`there is no balance ${method}`);
  if (row.form === "fixed") return { loss: inputs.total, variables: [], updates: [], outputs: () => [] };
  const { builder } = inputs;
  return builder.within("balance", undefined, () => lowerMethod(row, args, inputs));
}

function lowerMethod(
  row: Exclude<BalanceBuiltin, { readonly form: "fixed" }>,
  args: Arguments,
  inputs: BalanceInputs,
): LoweredBalance {
  const { builder, terms } = inputs;
  const penalties = inputs.penalties();
  const { context, variables, updates } = createContext(inputs, args);
  const losses = terms.map(({ loss }) => loss);
  const kept = {
    variables,
    get updates() {
      return updates;
    },
  };
  const named = (weights: readonly ValueId[]): readonly NamedValue[] =>
    terms.map(({ head }, k) => ({ name: `balance/${head}`, value: builder.reshape(weights[k] ?? -1, [1]) }));
  if (row.form === "losses") {
    const weighted = row.weight(context);
    const loss = penalties === undefined ? weighted : builder.add(weighted, penalties);
    return { ...kept, loss, outputs: () => named(gradients(builder, weighted, losses)) };
  }
  const balance: GradientBalance = {
    losses: row.transform?.(context) ?? losses,
    tensors: (row.on ?? args["on"]) === "representation" ? inputs.tensors() : [],
    rule: row.rule(context),
    weightsOwn: row.weightsOwn,
  };
  return {
    ...kept,
    ...(penalties === undefined ? {} : { loss: penalties }),
    balance,
    outputs: ({ coefficients }) =>
      coefficients === undefined
        ? []
        : named(terms.map((_, k) => builder.slice(coefficients, { axis: 0, begin: k, size: 1 }))),
  };
}

interface Context {
  readonly context: BalanceContext;
  /** Filled as the method asks. */
  readonly variables: StateVariable[];
  readonly updates: Update[];
}

function createContext({ builder, terms, step, random }: BalanceInputs, args: Arguments): Context {
  const variables: StateVariable[] = [];
  const updates: Update[] = [];
  let draws = 0;
  const context: BalanceContext = {
    builder,
    arguments: args,
    heads: terms.map(({ head }) => head),
    losses: terms.map(({ loss }) => loss),
    present: terms.map(({ weight }) => builder.cast(builder.less(builder.scalar(0), weight), "float32")),
    steps: builder.cast(step(), "float32"),
    epoch: () => builder.cast(builder.input(batchInputs.epoch, int32()), "float32"),
    trained: (name, initial) =>
      terms.map(({ head }) => {
        const variable = balanceVariable(`${name}/${head}`, [], initial);
        variables.push(variable);
        return builder.state(variable);
      }),
    memory: (name, shape, initial) => {
      const variable = balanceVariable(name, shape, initial);
      return {
        value: builder.state(variable),
        update: (value) => void updates.push({ kind: "assign", state: variable.name, value }),
      };
    },
    random: (shape) => random(streamOf(`${owner} ${draws++}`), shape),
  };
  return { context, variables, updates };
}

/** No part of a network is called so: `loss` is a keyword. */
const owner = "loss/balance";

/** A slot: it belongs to training, as what the optimizer remembers does, and not to the model. */
function balanceVariable(name: string, shape: readonly number[], initial: number): StateVariable {
  const full = `${owner}.${name}`;
  const initializer = { kind: "constant", value: initial } as const;
  return {
    name: full,
    type: float32(...shape),
    role: "slot",
    pieces: [{ name: full, row: 0, rows: shape[0] ?? 1, initializer }],
  };
}
