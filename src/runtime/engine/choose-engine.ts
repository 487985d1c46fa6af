/** The engine of a job, told to whoever watches it. */
import { omitUndefined } from "../../compiler/text/index.js";
import {
  type Engine,
  type EngineName,
  type EnginePurpose,
  type Products,
  selectEngine,
  type Session,
} from "./index.js";
import type { TrainEvent } from "../events.js";

/** The engine asked for, else the fastest that works. Throws a {@link Failure} when the one asked for cannot run. */
export async function chooseEngine(
  preference: EngineName | undefined,
  onEvent: (event: TrainEvent) => void = () => undefined,
  purpose: EnginePurpose = "training",
  products: Products = "float32",
): Promise<Engine> {
  const { engine, notice } = await selectEngine({ purpose, products, ...omitUndefined({ preference }) });
  const { name, description } = engine;
  onEvent({ kind: "engine", engine: name, description, ...omitUndefined({ notice }) });
  return engine;
}

/** The engine of a session, which is told where it is not the one that was chosen. */
export function engineOf(session: Session, chosen: Engine, onEvent: (event: TrainEvent) => void): Engine {
  const { by } = session;
  if (by === undefined) return chosen;
  const notice = `${by.description} (the engine ${chosen.name} does not run steps of this model)`;
  onEvent({ kind: "engine", engine: by.name, description: by.description, notice });
  return by;
}
