import { describe, expect, it } from "vitest";
import { ServeFault } from "../../src/runtime/serve/fault.js";
import { type BatchCall, type BatcherOptions, createBatcher } from "../../src/runtime/serve/scoring/batcher.js";

interface Call extends BatchCall {
  readonly name: string;
}

interface Held {
  readonly names: readonly string[];
  readonly answer: (each?: (name: string) => string | Error) => void;
}

/** A batcher whose batches end when the test says so. */
function createHeld(options: Partial<BatcherOptions> = {}) {
  const begun: Held[] = [];
  const batcher = createBatcher<Call, string>(
    (calls) =>
      new Promise((resolve) => {
        const answer = (each = (name: string): string | Error => name): void =>
          resolve(calls.map(({ name }) => each(name)));
        begun.push({ names: calls.map(({ name }) => name), answer });
      }),
    { workers: 1, batchRows: 4, batchWait: 0, queueRows: 6, ...options },
  );
  const submit = (name: string, rows = 1, other: Partial<BatchCall> = {}): Promise<string> =>
    batcher.submit({ name, rows, deadline: performance.now() + 60_000, ...other });
  return { batcher, begun, submit };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

async function statusOf(answer: Promise<string>): Promise<number> {
  try {
    await answer;
    return 200;
  } catch (error) {
    if (error instanceof ServeFault) return error.status;
    throw error;
  }
}

describe("batches", () => {
  it("hold what came while a worker was busy, in order and within their bound", async () => {
    const { begun, submit } = createHeld();
    const answers = [submit("a"), submit("b")];
    await turn();
    expect(begun.map(({ names }) => names)).toEqual([["a", "b"]]);
    answers.push(submit("c", 2), submit("d", 2), submit("e", 2));
    await turn();
    expect(begun).toHaveLength(1);
    begun[0]?.answer();
    await turn();
    expect(begun[1]?.names).toEqual(["c", "d"]);
    begun[1]?.answer();
    await turn();
    begun[2]?.answer();
    expect(await Promise.all(answers)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("are as many at once as there are workers", async () => {
    const { begun, submit } = createHeld({ workers: 2, batchRows: 1 });
    void submit("a");
    void submit("b");
    void submit("c");
    await turn();
    await turn();
    expect(begun.map(({ names }) => names)).toEqual([["a"], ["b"]]);
  });

  it("take a call that is larger than a batch by itself", async () => {
    const { begun, submit } = createHeld({ queueRows: 200 });
    void submit("large", 100);
    void submit("small");
    await turn();
    expect(begun.map(({ names }) => names)).toEqual([["large"]]);
  });

  it("wait for others within a bound, and not once they are full", async () => {
    const { begun, submit } = createHeld({ batchWait: 60_000 });
    void submit("a");
    await turn();
    expect(begun).toEqual([]);
    void submit("b", 3);
    await turn();
    expect(begun.map(({ names }) => names)).toEqual([["a", "b"]]);
    const short = createHeld({ batchWait: 1 });
    const answer = short.submit("a");
    await expect.poll(() => short.begun.length).toBe(1);
    short.begun[0]?.answer();
    expect(await answer).toBe("a");
  });

  it("answer a wrong call with its error and no other", async () => {
    const { begun, submit } = createHeld();
    const answers = [submit("a"), submit("wrong"), submit("b")];
    await turn();
    begun[0]?.answer((name) => (name === "wrong" ? new ServeFault(400, "wrong") : name));
    expect(await Promise.all(answers.map(statusOf))).toEqual([200, 400, 200]);
  });
});

describe("what waits", () => {
  it("is bounded: a call too many is refused at once, and says when to try again", async () => {
    const { batcher, begun, submit } = createHeld();
    const first = submit("first");
    await turn();
    const waiting = [submit("a", 3), submit("b", 3)];
    expect(batcher.queued()).toBe(6);
    await expect(submit("c")).rejects.toMatchObject({ status: 429, details: { retryAfter: 1 } });
    begun[0]?.answer();
    await turn();
    begun[1]?.answer();
    await turn();
    begun[2]?.answer();
    expect(await Promise.all([first, ...waiting])).toEqual(["first", "a", "b"]);
    expect(batcher.queued()).toBe(0);
  });

  it("takes one that is larger than the bound where nobody waits", async () => {
    const { begun, submit } = createHeld();
    const answer = submit("large", 50);
    await turn();
    begun[0]?.answer();
    expect(await answer).toBe("large");
  });

  it("is dropped once its deadline has passed or its client is gone", async () => {
    const { begun, submit } = createHeld();
    const first = submit("first");
    await turn();
    const late = submit("late", 1, { deadline: performance.now() + 1 });
    const gone = statusOf(submit("gone", 1, { isWanted: () => false }));
    const good = submit("good");
    expect(await statusOf(late)).toBe(504);
    begun[0]?.answer();
    await turn();
    expect(begun[1]?.names).toEqual(["good"]);
    begun[1]?.answer();
    expect(await Promise.all([first, good].map(statusOf))).toEqual([200, 200]);
    expect(await gone).toBe(499);
    expect(await statusOf(submit("past", 1, { deadline: performance.now() - 1 }))).toBe(504);
  });

  it("is answered before a batcher is closed, and nothing after it", async () => {
    const { batcher, begun, submit } = createHeld({ queueRows: 8 });
    const answers = [submit("a", 4), submit("b", 4)];
    let isClosed = false;
    const closed = batcher.close().then(() => (isClosed = true));
    expect(await statusOf(submit("c"))).toBe(503);
    await turn();
    begun[0]?.answer();
    await turn();
    expect(isClosed).toBe(false);
    begun[1]?.answer();
    expect(await Promise.all(answers)).toEqual(["a", "b"]);
    await closed;
  });

  it("is told of a batch that nobody could answer", async () => {
    const batcher = createBatcher<Call, string>(() => Promise.reject(new ServeFault(503, "no worker")), {
      workers: 1,
      batchRows: 4,
      batchWait: 0,
      queueRows: 6,
    });
    const answers = ["a", "b"].map((name) => batcher.submit({ name, rows: 1, deadline: performance.now() + 60_000 }));
    expect(await Promise.all(answers.map(statusOf))).toEqual([503, 503]);
  });
});
