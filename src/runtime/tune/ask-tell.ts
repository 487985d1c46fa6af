/**
 * Another optimizer drives: it gets the parameters, asks for the outcome of values, a JSON object per line each way, and gets
 * the proposal when it ends. Lines in: `{"id": 1, "values": {"alpha": 0.2}}`; a parameter that is not named has its value
 * of the spec. Lines out: `{"id": 1, "objectives": […], "guards": […], "violation": 0}`, or `{"id": 1, "error": "…"}`.
 */
import { suggest } from "../../compiler/text/index.js";
import { chooseTrial, finish, namesOf, requestOf, type Tuned, type TuneOptions } from "../jobs/tune.js";
import { loadTunableSpec } from "./tunable-spec.js";
import { proposalOf } from "./report.js";
import type { Trial } from "./run.js";
import { createTuner, type Tuner } from "./tuner.js";

/**
 * Serves lines until they end or the signal fires. Undefined when nothing was asked.
 *
 * @param listen starts to read lines; called once the log is read
 */
export async function serveAskTell(
  options: TuneOptions,
  listen: () => AsyncIterable<string>,
  write: (message: object) => void,
): Promise<Tuned | undefined> {
  const started = performance.now();
  const spec = await loadTunableSpec(options.spec);
  const tuner = await createTuner(requestOf(options, spec));
  const first = trialOf(tuner, new Map());
  write({
    params: tuner.free.map(({ name, low, high }) => ({ name, low, high, value: tuner.start.get(name) })),
    objectives: tuner.objectives.map(({ text }) => ({ name: text, direction: "maximize" })),
    guards: tuner.guards.map(({ text }) => text),
    production: first.outcome,
  });
  const trials: Trial[] = [];
  try {
    for await (const line of listen()) {
      if (line.trim() === "") continue;
      const asked = readLine(line, tuner);
      if ("error" in asked) {
        write(asked);
        continue;
      }
      const trial = trialOf(tuner, asked.values);
      trials.push(trial);
      write({ id: asked.id, ...trial.outcome });
    }
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
  }
  const interrupted = options.signal?.aborted === true;
  if (trials.length === 0) return undefined;
  const all = [first, ...trials];
  const chosen = chooseTrial(all, tuner, options.pick);
  return finish(tuner, spec, options, {
    method: "ask-tell",
    started,
    run: { trials: all, interrupted },
    chosen,
    proposal: proposalOf(tuner, namesOf(tuner, chosen.values)),
    outside: new Map(),
  });
}

function trialOf(tuner: Tuner, values: ReadonlyMap<string, number>): Trial {
  const point = Float64Array.from(tuner.free, ({ name }) => values.get(name) ?? tuner.start.get(name) ?? 0);
  return { values: point, outcome: tuner.evaluate("train", namesOf(tuner, point)).outcome };
}

type Asked =
  | { readonly id: unknown; readonly values: ReadonlyMap<string, number> }
  | { readonly id: unknown; readonly error: string };

function readLine(line: string, { free }: Tuner): Asked {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return { id: null, error: "the line is not JSON" };
  }
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return { id: null, error: 'the line is not an object such as {"id": 1, "values": {"alpha": 0.2}}' };
  const { id = null, values } = message as { readonly id?: unknown; readonly values?: unknown };
  if (typeof values !== "object" || values === null || Array.isArray(values))
    return { id, error: "`values` should be an object of numbers" };
  const found = new Map<string, number>();
  for (const [name, value] of Object.entries(values)) {
    const param = free.find((each) => each.name === name);
    if (param === undefined) {
      const near = suggest(
        name,
        free.map((each) => each.name),
      );
      return {
        id,
        error: `there is no free parameter \`${name}\`${near === undefined ? "" : `; did you mean \`${near}\`?`}`,
      };
    }
    if (typeof value !== "number" || !(value >= param.low && value <= param.high))
      return { id, error: `\`${name}\` should be a number in [${param.low}, ${param.high}]` };
    found.set(name, value);
  }
  return { id, values: found };
}
