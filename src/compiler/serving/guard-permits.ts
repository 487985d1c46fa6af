import type { PermitSnapshot } from "../ranking/index.js";
import { refuse, type Refusal } from "./refusal.js";

/** Permits that are looked at as they are read, and the refusal for the first answer that is not a number of permits. */
export interface GuardedPermits {
  readonly permits: PermitSnapshot;
  readonly refusal: () => Refusal | undefined;
}

/** What is not a number would neither hold a candidate back nor let it through by any rule: the request is refused. */
export function guardPermits(permits: PermitSnapshot): GuardedPermits {
  let refusal: Refusal | undefined;
  const read = (what: string, value: unknown, isSound: (number: number) => boolean, expected: string): number => {
    if (typeof value === "number" && isSound(value)) return value;
    refusal ??= refuse(what, typeof value === "number" ? "outside" : "type", expected);
    return 0;
  };
  return {
    permits: {
      held: (rule, key) =>
        read(`permits.held(${rule}, ${key})`, permits.held(rule, key), (value) => value >= 0, "a number of at least 0"),
      pace: (rule, key) =>
        read(
          `permits.pace(${rule}, ${key})`,
          permits.pace(rule, key),
          (value) => value > 0 && value < Infinity,
          "a finite number above 0",
        ),
    },
    refusal: () => refusal,
  };
}
