/** What the parts of `bench serve-soak` share. */
import { readFileSync } from "node:fs";
import type { RunningServer } from "./servers.js";

export interface SoakInput {
  /** For what a part writes. */
  readonly folder: string;
  /** The shop, trained. */
  readonly artifact: string;
  readonly requests: number;
  readonly reloads: number;
  readonly kills: number;
}

export interface SoakResult {
  readonly lines: readonly string[];
  /** What went wrong. */
  readonly failures: readonly string[];
}

export interface Soak {
  readonly name: string;
  readonly run: (input: SoakInput) => Promise<SoakResult>;
}

/** MiB of memory that a process has; NaN where the system does not say. */
export function residentMemory({ pid }: RunningServer): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, milliseconds));

export interface Clients {
  /** Answers by status; 0 for none. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly end: () => Promise<void>;
}

/** So many clients that ask again as soon as they are answered. `onAnswer` is told of answers with 200. */
export function startClients(
  count: number,
  ask: () => Promise<Response>,
  onAnswer: (text: string) => void = () => undefined,
): Clients {
  const statuses = new Map<number, number>();
  let isOver = false;
  const client = async (): Promise<void> => {
    while (!isOver) {
      const [status, text] = await ask()
        .then(async (response) => [response.status, await response.text()] as const)
        .catch(() => [0, ""] as const);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 200) onAnswer(text);
      else await pause(5);
    }
  };
  const clients = Array.from({ length: count }, client);
  return {
    statuses,
    end: async () => {
      isOver = true;
      await Promise.all(clients);
    },
  };
}

/** `1,234 × 200, 2 × 503` */
export function countsOf(statuses: ReadonlyMap<number, number>): string {
  return [...statuses].map(([status, count]) => `${count.toLocaleString("en")} × ${status || "no answer"}`).join(", ");
}

/** What was not answered by 200, as a failure. */
export function otherThan200(statuses: ReadonlyMap<number, number>): readonly string[] {
  const wrong = new Map([...statuses].filter(([status]) => status !== 200));
  return wrong.size === 0 ? [] : [`not answered by 200: ${countsOf(wrong)}`];
}
