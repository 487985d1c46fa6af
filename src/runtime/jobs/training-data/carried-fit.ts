/** What is fitted, as one thread gives it to another. */
import { fitOfLines, type LinedFit, linedFit } from "../../data/encode/fitted.js";
import type { Fitted } from "../../data/index.js";

export type CarriedFit = LinedFit<Uint8Array>;

/** What is to be cloned; the memory in `transfer` may go over as it is. */
export function carryFit(fitted: Fitted): { readonly fit: CarriedFit; readonly transfer: readonly ArrayBuffer[] } {
  const transfer: ArrayBuffer[] = [];
  const fit = linedFit(fitted, (own) => {
    // Those of the vocabulary stay here.
    const lines = new Uint8Array(own);
    transfer.push(lines.buffer);
    return lines;
  });
  return { fit, transfer };
}

/** The reverse of {@link carryFit}. */
export function receiveFit(fit: CarriedFit): Fitted {
  return fitOfLines(fit, (lines) => lines);
}
