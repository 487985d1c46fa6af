import { join } from "node:path";
import { loadSpec } from "../../runtime/spec.js";

/** Where an artifact goes when nobody says: `out/MODEL`. */
export function defaultOutput(spec: string): string {
  return join("out", loadSpec(spec).model.name);
}
