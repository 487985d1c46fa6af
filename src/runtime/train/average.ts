/** The moving average of the weights, as it is measured and kept: read from what training holds, without changing it. */
import { averageSlot, averageStepSlot, keptOfAverage, type Program, rowsOf } from "../../compiler/graph/index.js";
import { stepVariable } from "../../compiler/lower/index.js";
import type { Session } from "../engine/engine.js";
import { fillSession, heldReader, holdState, sessionReader, type StateReader } from "../engine/state.js";

/**
 * The state with the average of each parameter in its place, where there is one. Running statistics are as they are, and so is what no
 * step has moved.
 */
export function averagedReader(state: StateReader, { state: variables }: Program, decay: number): StateReader {
  const byName = new Map(variables.map((variable) => [variable.name, variable]));
  const steps = state.rows(stepVariable, 0, 1)[0] ?? 0;
  return {
    rows: (variable, first, count) => {
      const values = state.rows(variable, first, count);
      const average = byName.get(`${variable.name}/${averageSlot}`);
      if (variable.role !== "parameter" || average === undefined || steps === 0) return values;
      const averages = state.rows(average, first, count);
      const touched = byName.get(`${variable.name}/${averageStepSlot}`);
      if (touched === undefined) return averages;
      const { width } = rowsOf(variable);
      const last = state.rows(touched, first, count);
      return values.map((value, i) => {
        const kept = keptOfAverage(last[Math.floor(i / width)] ?? 0, steps, decay);
        return value + ((averages[i] ?? 0) - value) * kept;
      });
    },
  };
}

/** Runs `body` on a session whose parameters are their averages; they are themselves again when it ends, however it does. */
export async function withAverages<T>(
  session: Session,
  program: Program,
  decay: number | undefined,
  body: () => Promise<T>,
): Promise<T> {
  if (decay === undefined) return body();
  const parameters = program.state.filter(({ role }) => role === "parameter");
  const trained = holdState(parameters, sessionReader(session, program.state));
  await fillAverages(session, program, decay);
  try {
    return await body();
  } finally {
    await fillSession(session, parameters, heldReader(trained));
  }
}

/** Puts the averages of the parameters in their place, for good. */
export async function fillAverages(session: Session, program: Program, decay: number): Promise<void> {
  const parameters = program.state.filter(({ role }) => role === "parameter");
  const state = sessionReader(session, program.state);
  await fillSession(session, parameters, averagedReader(state, program, decay));
}
