/** The Python that tests and benchmarks run programs of others in. */
import { spawnSync } from "node:child_process";

/** `MTLC_PYTHON`, else `python3`. */
export const python = process.env["MTLC_PYTHON"] ?? "python3";

/** Whether that Python finds these modules, without loading them. */
export function pythonHas(...modules: readonly string[]): boolean {
  const probe =
    "import sys; from importlib.util import find_spec; sys.exit(any(map(lambda m: find_spec(m) is None, sys.argv[1:])))";
  return spawnSync(python, ["-c", probe, ...modules], { stdio: "ignore" }).status === 0;
}

/** {@link pythonHas}, with a line that says what is left out where it has not. */
export function pythonHasFor(what: string, ...modules: readonly string[]): boolean {
  const has = pythonHas(...modules);
  if (!has) console.warn(`${python} has no ${modules.join(" and ")}, so ${what} (MTLC_PYTHON names another)`);
  return has;
}
