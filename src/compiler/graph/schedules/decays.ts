/** The schedules. Those that decay can be preceded by a linear warm-up. */
import type { OpBuilder } from "../op-builder.js";
import type { ValueId } from "../graph.js";
import { numberOf, optionalNumberOf } from "../settings.js";
import {
  factorSetting,
  floorSetting,
  type Schedule,
  type ScheduleContext,
  stepCount,
  warmupSetting,
} from "./schedule.js";

export const constant: Schedule = {
  name: "constant",
  summary: "The rate is `lr` throughout.",
  settings: [],
  factor: ({ builder }) => builder.scalar(1),
};

/** min(1, (s + 1) / steps) after s steps. */
export const warmup: Schedule = {
  name: "warmup",
  summary: "The rate rises linearly over the first steps and stays.",
  settings: [stepCount("steps", "Steps until the rate is `lr`.")],
  factor: ({ builder, steps, settings }) => rise(builder, steps, numberOf(settings, "steps")),
};

/** 1 + (end − 1)·min(1, s / steps). */
export const linear: Schedule = decay({
  name: "linear",
  summary: "The rate falls on a straight line to `end` times `lr` and stays there.",
  settings: [
    stepCount("steps", "Steps until the rate is lowest."),
    factorSetting("end", 0, "The last factor of `lr`."),
  ],
  factor: (context) => {
    const { builder, settings } = context;
    return builder.add(builder.scalar(1), builder.scale(share(context), numberOf(settings, "end") - 1));
  },
});

/** end + (1 − end)·(1 + cos(π·min(1, s / steps))) / 2 (Loshchilov, Hutter: SGDR, 2017, without restarts). */
export const cosine: Schedule = decay({
  name: "cosine",
  summary: "The rate falls along half a cosine wave to `end` times `lr` and stays there.",
  settings: [
    stepCount("steps", "Steps until the rate is lowest."),
    factorSetting("end", 0, "The last factor of `lr`."),
  ],
  factor: (context) => {
    const { builder, settings } = context;
    const half = (1 - numberOf(settings, "end")) / 2;
    const wave = builder.cos(builder.scale(share(context), Math.PI));
    return builder.add(builder.scalar(1 - half), builder.scale(wave, half));
  },
});

/** rate^(s / steps), at least `end`. */
export const exponential: Schedule = decay({
  name: "exponential",
  summary: "The rate falls by the factor `rate` every `steps` steps, a little in each.",
  settings: [
    stepCount("steps", "Steps in which the rate falls by `rate`."),
    { name: "rate", type: { kind: "number", min: 0, max: 1, minOpen: true }, doc: "The factor of one such fall." },
    floorSetting,
  ],
  factor: (context) => {
    const { builder, steps, settings } = context;
    const exponent = Math.log(numberOf(settings, "rate")) / numberOf(settings, "steps");
    return atLeastEnd(context, builder.exp(builder.scale(steps, exponent)));
  },
});

/** factor^⌊s / every⌋, at least `end`. */
export const step: Schedule = decay({
  name: "step",
  summary: "The rate is multiplied by `factor` after every `every` steps.",
  settings: [
    stepCount("every", "Steps between two falls."),
    {
      name: "factor",
      type: { kind: "number", min: 0, max: 1, minOpen: true },
      default: 0.1,
      doc: "The factor of one fall.",
    },
    floorSetting,
  ],
  factor: (context) => {
    const { builder, steps, settings } = context;
    // Half a step more keeps the quotient off whole numbers, where float32 could fall to either side.
    const quotient = builder.div(builder.add(steps, builder.scalar(0.5)), builder.scalar(numberOf(settings, "every")));
    const falls = builder.cast(builder.cast(quotient, "int32"), "float32");
    return atLeastEnd(context, builder.exp(builder.scale(falls, Math.log(numberOf(settings, "factor")))));
  },
});

/** A schedule with a `warmup`: the rate rises first, and `steps` count from there. */
export function decay(schedule: Schedule): Schedule {
  return {
    ...schedule,
    settings: [...schedule.settings, warmupSetting],
    factor: (context) => {
      const { builder, steps, settings } = context;
      const first = numberOf(settings, "warmup");
      if (first === 0) return schedule.factor(context);
      const after = builder.maximum(builder.sub(steps, builder.scalar(first)), builder.scalar(0));
      return builder.mul(rise(builder, steps, first), schedule.factor({ ...context, steps: after }));
    },
  };
}

function atLeastEnd({ builder, settings }: ScheduleContext, factor: ValueId): ValueId {
  const end = optionalNumberOf(settings, "end");
  return end === undefined ? factor : builder.maximum(factor, builder.scalar(end));
}

function rise(builder: OpBuilder, steps: ValueId, length: number): ValueId {
  const share = builder.scale(builder.add(steps, builder.scalar(1)), 1 / length);
  return builder.minimum(share, builder.scalar(1));
}

/** How far a decay over `steps` has come, in [0, 1]. */
function share({ builder, steps, settings }: ScheduleContext): ValueId {
  return builder.minimum(builder.scale(steps, 1 / numberOf(settings, "steps")), builder.scalar(1));
}
