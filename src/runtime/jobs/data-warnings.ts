import { applySeverities, type Diagnostic } from "../../compiler/diagnostics/index.js";
import type { TrainEvent } from "../events.js";
import { Failure } from "../failure.js";
import { settingsAt } from "../specs/project-file.js";

/** What is odd about data, with the severities that the project of a spec asks for. */
export interface DataWarnings {
  /** The diagnostics as the project has them: some left out, some errors. */
  readonly apply: (found: readonly Diagnostic[]) => readonly Diagnostic[];
  /** Tells warnings. Throws a {@link Failure} with those that the project makes errors. */
  readonly tell: (found: readonly Diagnostic[]) => void;
}

/** Throws a {@link Failure} (MTL8050, MTL8051) where the project file is wrong. */
export function createDataWarnings(specPath: string, onEvent: (event: TrainEvent) => void): DataWarnings {
  const { severities } = settingsAt(specPath);
  const apply: DataWarnings["apply"] = (found) => applySeverities(found, severities);
  return {
    apply,
    tell: (found) => {
      const errors: Diagnostic[] = [];
      for (const diagnostic of apply(found))
        if (diagnostic.severity === "error") errors.push(diagnostic);
        else onEvent({ kind: "warning", diagnostic });
      if (errors.length > 0) throw new Failure(errors);
    },
  };
}
