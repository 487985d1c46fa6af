/** A version that gets a share of the requests: `[MODEL/]VERSION[:SHARE]`. */
import type { Failure } from "../../failure.js";

export interface VersionShare {
  /** As it was given. */
  readonly text: string;
  /** Absent: any model that has the version. */
  readonly model: string | undefined;
  readonly version: string;
  /** Of the requests, in (0, 1]. */
  readonly share: number;
}

/** Throws what `fail` makes of a problem. */
export function parseVersionShare(text: string, fail: (problem: string) => Failure): VersionShare {
  const [, model, version, given = "1"] = /^(?:([^:]+)\/)?([1-9]\d{0,17})(?::(\d+(?:\.\d+)?|\.\d+))?$/.exec(text) ?? [];
  if (version === undefined) throw fail("it names no version, which is a whole number");
  const share = Number(given);
  if (share <= 0 || share > 1) throw fail(`its share is ${given}, and must be above 0 and at most 1`);
  return { text, model, version, share };
}

/** Whether it is this version that gets the share. */
export function isNamed({ model, version }: VersionShare, named: string, found: string): boolean {
  return version === found && (model === undefined || model === named);
}
