/** Those who predict with a case. */
import { type Target, targets } from "../../src/compiler/targets/index.js";
import type { Heads, ParityCase } from "./cases.js";

/** What was predicted of a case, by the heads' names, or why not. */
export type Answer = Heads | string;

export interface Runner {
  readonly name: string;
  /** Why it cannot run here; undefined where it can. */
  readonly absent: () => Promise<string | undefined>;
  /** An answer for each case, in order. `folder` is empty. */
  readonly run: (cases: readonly ParityCase[], folder: string) => Promise<readonly Answer[]>;
}

/** A target of the table. */
export function targetNamed(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (found === undefined) throw new Error(`there is no target ${name}`);
  return found;
}
