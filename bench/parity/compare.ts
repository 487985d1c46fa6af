/** How far answers are from what is expected. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ParityCase } from "./cases.js";
import type { Answer, Runner } from "./runner.js";

/** The largest difference that may be, relative to the value or to 1e-3 where that is more. */
export const goal = 1e-5;

export type Cell =
  | { readonly kind: "compared"; readonly difference: number; readonly place: string }
  | { readonly kind: "refused" | "failed"; readonly why: string };

/** What a runner makes of each case. */
export async function cellsOf(runner: Runner, cases: readonly ParityCase[]): Promise<readonly Cell[]> {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-parity-"));
  try {
    // One that falls over does not take the answers of the others with it.
    const answers = await runner.run(cases, folder).catch((error: unknown) => {
      const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
      return cases.map(() => `error: ${line}`);
    });
    return cases.map((made, i) => compare(made, answers[i] ?? "error: there is no answer"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare({ expected }: ParityCase, answer: Answer): Cell {
  if (typeof answer === "string") return { kind: answer.startsWith("error:") ? "failed" : "refused", why: answer };
  let worst = { kind: "compared", difference: 0, place: "" } as const as Extract<Cell, { kind: "compared" }>;
  for (const [head, values] of Object.entries(expected))
    for (const [row, value] of values.entries()) {
      const difference = Math.abs((answer[head]?.[row] ?? NaN) - value) / Math.max(1e-3, Math.abs(value));
      if (!(difference <= worst.difference))
        worst = { kind: "compared", difference, place: `${head} of row ${row + 1}` };
      if (Number.isNaN(difference)) return worst;
    }
  return worst;
}

export function largest(cells: readonly Cell[]): Cell | undefined {
  return cells.reduce<Cell | undefined>(
    (most, cell) =>
      cell.kind === "compared" && (most?.kind !== "compared" || !(cell.difference <= most.difference)) ? cell : most,
    undefined,
  );
}

/** As the table has it. */
export function textOf(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  if (cell.kind !== "compared") return cell.kind;
  return cell.difference === 0 ? "0" : cell.difference.toExponential(1);
}

/** Whether a cell is further away than {@link goal}, or there was an error in the place of an answer. */
export function isFar(cell: Cell): boolean {
  return cell.kind === "failed" || (cell.kind === "compared" && !(cell.difference <= goal));
}
