import type { LeftOut } from "../../compiler/formulas/index.js";

/** Why a candidate is left out: "`s` is missing". */
export function leftOutReason({ input, reason }: Pick<LeftOut, "input" | "reason">): string {
  const reasons = { missing: "missing", outside: "outside its range", type: "of another type" } as const;
  return `\`${input}\` is ${reasons[reason]}`;
}
