import { openPermitStore, readCounterKey, type CounterName, type CounterReading } from "../../../runtime/flow/index.js";
import type { Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { Outcome } from "../../command.js";

/** A counter with its name taken apart. */
export interface FlowCounter extends Omit<CounterName, "start">, Pick<CounterReading, "limit" | "granted" | "spent"> {
  /** Start of the window on the zone's clocks: `2026-11-05T00:00:00+08:00`. */
  readonly startsAt: string;
  /** End of the window: `2026-11-05T16:00:00.000Z`. */
  readonly endsAt: string;
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
  readonly omitted: number;
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
    const omitted = counters.length - shown.length;
    return { result: { store: store.name, warnings: store.warnings, counters: shown, omitted }, exitCode: 0 };
  } finally {
    await store.close();
  }
}

function counterOf(name: CounterName, { limit, granted, spent, ends, holders }: CounterReading): FlowCounter {
  const { start, ...rest } = name;
  return {
    ...rest,
    startsAt: start,
    limit,
    granted,
    spent,
    held: granted - spent,
    holders: holders.length,
    endsAt: new Date(ends).toISOString(),
  };
}

function used({ limit, granted }: FlowCounter): number {
  return limit === 0 ? 1 : granted / limit;
}
