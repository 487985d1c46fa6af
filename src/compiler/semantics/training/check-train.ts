import type { ArgumentValue, TrainModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { omitUndefined } from "../../text/index.js";
import { checkArguments, readArgument, type ArgumentSpec, type ArgumentType } from "../arguments/arguments.js";
import { trainKeys } from "../names/block-keys.js";
import { collectEntries, placesOf } from "../names/blocks.js";
import { checkInit, checkLrFactors, checkOptimizers, checkSchedules } from "./check-optimizer.js";
import { checkFrozen } from "./check-parts.js";
import { checkFormerly } from "./check-formerly.js";
import type { MeasuredSpec } from "./check-metrics.js";
import { checkStop } from "./check-stop.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import type { Heads } from "../heads/heads.js";

const keys = trainKeys.map(({ name }) => name);

/** The `train` block with every default filled in: Adam at 1e-3, batches of 1024, one epoch where `steps` says nothing, shuffled, seed 1. */
export function checkTrain(
  context: CheckContext,
  block: ast.TrainBlock | undefined,
  heads: Heads,
  spec: MeasuredSpec,
): TrainModel {
  const entries = collectEntries(context, "train", block?.entries ?? [], keys);
  const read = <T extends ArgumentValue | undefined>(
    key: (typeof keys)[number],
    type: ArgumentType,
    otherwise: T,
  ): T => {
    const entry = entries.get(key);
    if (entry === undefined) return otherwise;
    const value = readArgument(context, { name: "train", span: entry.key.span }, { name: key, type }, entry.value);
    // The type of the parameter is that of the default.
    return value === undefined ? otherwise : (value as T);
  };
  const everySteps = { kind: "number", min: 1, max: 2 ** 31 - 1, integer: true } as const;
  const validateEvery = read<number | undefined>("validate_every", everySteps, undefined);
  const checkpointEvery = read<number | undefined>("checkpoint_every", everySteps, undefined);
  const evictAfter = read<number | undefined>("evict_after", everySteps, undefined);
  const accumulate = read<number | undefined>(
    "accumulate",
    { kind: "number", min: 1, max: 2 ** 16, integer: true },
    undefined,
  );
  const ema = read<number | undefined>(
    "ema",
    { kind: "number", min: 0, max: 1, minOpen: true, maxOpen: true },
    undefined,
  );
  const formerly = checkFormerly(context, entries.get("formerly")?.value);
  const steps = read<number | undefined>("steps", everySteps, undefined);
  const epochs = { kind: "number", min: 1, max: 1_000_000, integer: true } as const;
  const length = { steps, epochs: read<number | undefined>("epochs", epochs, entries.has("steps") ? undefined : 1) };
  const stop = checkStop(context, entries.get("stop")?.value, heads, spec);
  const lrFactors = checkLrFactors(context, entries.get("lr_factors")?.value);
  const init = checkInit(context, entries.get("init")?.value);
  const frozen = checkFrozen(context, entries.get("frozen")?.value);
  return {
    ...checkOptimizers(context, entries.get("optimizer")?.value),
    ...checkSchedules(context, entries.get("schedule")?.value, entries.has("stop")),
    ...omitUndefined({ lrFactors, frozen, init }),
    clip: checkClip(context, entries.get("clip")?.value),
    embeddings: read<TrainModel["embeddings"]>(
      "embeddings",
      { kind: "choice", values: ["auto", "sparse", "dense"] },
      "auto",
    ),
    batch: read("batch", { kind: "number", min: 1, max: 2 ** 24, integer: true }, 1024),
    // One batch is a step without a word.
    ...omitUndefined({ accumulate: accumulate === 1 ? undefined : accumulate, ema }),
    ...omitUndefined({ ...length, validateEvery, checkpointEvery, evictAfter, stop }),
    ...(read("drop_last", { kind: "boolean" }, false) ? { dropLast: true as const } : {}),
    shuffle: read("shuffle", { kind: "boolean" }, true),
    seed: read("seed", { kind: "number", min: 0, max: 2 ** 31 - 1, integer: true }, 1),
    ...omitUndefined({ formerly, places: placesOf(entries, ["accumulate", "ema", "schedule", "stop"]) }),
  };
}

const limit: ArgumentSpec = { name: "limit", type: { kind: "number", min: 0, minOpen: true } };

/** `none`, `norm(1.0)`: the norm of all gradients together, `value(0.5)`: each element. */
function checkClip(context: CheckContext, value: ast.Expression | undefined): TrainModel["clip"] {
  const none: TrainModel["clip"] = { kind: "none" };
  if (value === undefined || value.kind === "Missing") return none;
  if (value.kind === "NameExpression" && value.name.text === "none") return none;
  const kind =
    value.kind === "Call" ? (["norm", "value"] as const).find((each) => each === value.callee.text) : undefined;
  if (value.kind === "Call" && kind !== undefined) {
    const args = checkArguments(context, { name: kind, span: value.callee.span }, [limit], value.arguments);
    return args === undefined ? none : { kind, limit: Number(args["limit"]) };
  }
  context.reporter.report(
    "MTL3002",
    {
      callee: "train",
      parameter: "clip",
      expected: "`norm(1.0)`, `value(0.5)` or `none`",
      found: describeValue(value),
    },
    value.span,
  );
  return none;
}
