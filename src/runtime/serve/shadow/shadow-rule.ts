/** Which version answers beside the one that is asked: `--shadow [MODEL/]VERSION[:SHARE]`. */
import { createFailure } from "../../failure.js";

export interface ShadowRule {
  /** As it was given. */
  readonly text: string;
  /** Absent: any model that has the version. */
  readonly model: string | undefined;
  readonly version: string;
  /** Of the requests, in (0, 1]. */
  readonly share: number;
}

/** Throws a {@link Failure} (MTL7615). */
export function parseShadowRule(text: string): ShadowRule {
  const [, model, version, given = "1"] = /^(?:([^:]+)\/)?([1-9]\d{0,17})(?::(\d+(?:\.\d+)?|\.\d+))?$/.exec(text) ?? [];
  if (version === undefined)
    throw createFailure("MTL7615", { text, problem: "it names no version, which is a whole number" });
  const share = Number(given);
  if (share <= 0 || share > 1)
    throw createFailure("MTL7615", { text, problem: `its share is ${given}, and must be above 0 and at most 1` });
  return { text, model, version, share };
}

export function isShadow({ model, version }: ShadowRule, named: string, found: string): boolean {
  return version === found && (model === undefined || model === named);
}
