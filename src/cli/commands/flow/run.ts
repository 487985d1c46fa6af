import { openPermitStore, readCounterKey, type CounterName, type CounterReading } from "../../../runtime/flow/index.js";
import type { Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { Outcome } from "../../command.js";

/** A counter with its name taken apart. */
export interface FlowCounter extends CounterName, Pick<CounterReading, "limit" | "granted" | "spent"> {
  /** End of the window, in milliseconds since 1970. */
  readonly ends: number;
  /** Permits that sessions hold: granted, and not reported as spent. */
  readonly held: number;
  readonly holders: number;
}

export interface FlowResult {
  readonly store: string;
  readonly warnings: readonly Diagnostic[];
  /** Nearest to their limit first. */
  readonly counters: readonly FlowCounter[];
  /** Counters that were left out for `top`. */
  readonly more: number;
}

/** Reads the counters of a store. `now`, in milliseconds since 1970, decides which windows are open. */
export async function runFlow({
  store: place,
  top,
  ended,
  now,
}: {
  readonly store: string;
  readonly top: number;
  readonly ended: boolean;
  readonly now: number;
}): Promise<Outcome<FlowResult>> {
  const store = await openPermitStore(place, { create: false });
  try {
    const readings = (await store.read()).filter(({ ends }) => ended || ends > now);
    const counters = readings
      .flatMap((reading) => {
        const name = readCounterKey(reading.key);
        return name === undefined ? [] : [counterOf(name, reading)];
      })
      .sort((a, b) => used(b) - used(a));
    const shown = counters.slice(0, top);
    const more = counters.length - shown.length;
    return { result: { store: store.name, warnings: store.warnings, counters: shown, more }, exitCode: 0 };
  } finally {
    await store.close();
  }
}

function counterOf(name: CounterName, { limit, granted, spent, ends, holders }: CounterReading): FlowCounter {
  return { ...name, limit, granted, spent, held: granted - spent, holders: holders.length, ends };
}

function used({ limit, granted }: FlowCounter): number {
  return limit === 0 ? 1 : granted / limit;
}
