/** How large a model is, in words. */
import { plural } from "../../compiler/text/index.js";
import type { Manifest } from "../../runtime/artifact/index.js";

/** The numbers that training moves, `1234 parameters`. */
export function parameterCount({ parameters }: Pick<Manifest, "parameters">): string {
  const trained = parameters.filter(({ role }) => role === "parameter");
  const size = trained.reduce((total, { shape }) => total + shape.reduce((product, side) => product * side, 1), 0);
  return plural(size, "parameter");
}
