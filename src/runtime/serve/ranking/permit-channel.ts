/**
 * One store of permits for all threads of a server: the thread that opened it answers the calls of the others, so that a store in
 * memory counts for all of them, and one connection does for a store elsewhere.
 */
import { randomUUID } from "node:crypto";
import { BroadcastChannel } from "node:worker_threads";
import type { PermitStore } from "../../flow/index.js";

type Method = "lease" | "settle" | "read" | "readNote" | "writeNote";

interface Call {
  readonly kind: "call";
  /** Who calls, and the number of the call. */
  readonly from: string;
  readonly number: number;
  readonly method: Method;
  readonly parameters: readonly unknown[];
}

interface Answer {
  readonly kind: "answer";
  readonly to: string;
  readonly number: number;
  readonly result?: unknown;
  /** Why the store did not answer. */
  readonly problem?: string;
}

/** Answers calls from other threads of this process until the returned function is called. The caller closes the store. */
export function sharePermits(name: string, store: PermitStore): () => void {
  const channel = open(name);
  const answer = async ({ from, number, method, parameters }: Call): Promise<void> => {
    const call = store[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
    const found = await call.apply(store, [...parameters]).then(
      (result) => ({ result }),
      (error: unknown) => ({ problem: error instanceof Error ? error.message : String(error) }),
    );
    channel.postMessage({ kind: "answer", to: from, number, ...found } satisfies Answer);
  };
  channel.onmessage = ({ data }) => {
    const message = data as Call | Answer;
    if (message.kind === "call") void answer(message);
  };
  return () => channel.close();
}

/** The store that another thread shares, or this one. Its calls reject as the store's own do. */
export function openSharedPermits(name: string): PermitStore {
  const channel = open(name);
  const from = randomUUID();
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  channel.onmessage = ({ data }) => {
    const message = data as Call | Answer;
    if (message.kind !== "answer" || message.to !== from) return;
    const call = waiting.get(message.number);
    waiting.delete(message.number);
    if (message.problem === undefined) call?.resolve(message.result);
    else call?.reject(new Error(message.problem));
  };
  const ask = (method: Method, parameters: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const number = ++last;
      waiting.set(number, { resolve, reject });
      channel.postMessage({ kind: "call", from, number, method, parameters } satisfies Call);
    });
  /** The store's own method, asked from afar. */
  const asked = <M extends Method>(method: M): PermitStore[M] =>
    ((...parameters: readonly unknown[]) => ask(method, parameters)) as PermitStore[M];
  return {
    name: "the server's store",
    warnings: [],
    lease: asked("lease"),
    settle: asked("settle"),
    read: asked("read"),
    readNote: asked("readNote"),
    writeNote: asked("writeNote"),
    close: async () => {
      channel.close();
      for (const { reject } of waiting.values()) reject(new Error("the store is closed"));
      waiting.clear();
    },
  };
}

/** A channel that keeps no thread alive. */
function open(name: string): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  channel.unref();
  return channel;
}
