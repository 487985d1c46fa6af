/** Where the values of a function lie in the memory of its module. Addresses and sizes are bytes. */
import type { DType } from "../../graph/graph.js";
import { lanesBytes, numberBytes } from "../../wasm/kernel.js";

/** A kernel may read or write so many bytes past the end of a value. */
export const slack = 16;

/** Numbers in their order: beside one another, or each at an address of its own. */
export type Places =
  | { readonly kind: "run"; readonly address: number }
  | { readonly kind: "spread"; readonly addresses: Int32Array }
  /** Rows of a table outside of the memory: only rows by their ids can be read. */
  | { readonly kind: "outside"; readonly table: number };

export interface Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly places: Places;
  /** Whether it is the same in every call, as long as state does not change. */
  readonly isFixed: boolean;
}

/** Hands out addresses from `start` on. */
export class Space {
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  /** The address of room for so many numbers; vectors of four begin there. */
  take(elements: number): number {
    const address = this.#end;
    this.#end += Math.ceil((elements * numberBytes + slack) / lanesBytes) * lanesBytes;
    return address;
  }

  get end(): number {
    return this.#end;
  }
}

/** The address of each number. Throws for what lies outside. */
export function addressesOf({ places, elements }: Value): Int32Array {
  if (places.kind === "spread") return places.addresses;
  if (places.kind === "outside") throw new Error("a table outside of the memory has no addresses");
  const addresses = new Int32Array(elements);
  for (let at = 0; at < elements; at += 1) addresses[at] = places.address + at * numberBytes;
  return addresses;
}

/** Numbers at these addresses; one run where each is behind the one before. */
export function placesOf(addresses: Int32Array): Places {
  const [first = 0] = addresses;
  const isRun = addresses.every((address, at) => address === first + at * numberBytes);
  return isRun ? { kind: "run", address: first } : { kind: "spread", addresses };
}

/** Parts of addresses that follow one another: where each begins, and how many numbers it has. */
export function runsOf(addresses: Int32Array): readonly { readonly at: number; readonly count: number }[] {
  const runs: { at: number; count: number }[] = [];
  let last: { at: number; count: number } | undefined;
  addresses.forEach((address, at) => {
    const before = addresses[at - 1];
    if (last !== undefined && before !== undefined && address === before + numberBytes) last.count += 1;
    else runs.push((last = { at, count: 1 }));
  });
  return runs;
}
