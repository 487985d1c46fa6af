import { describe, expect, it } from "vitest";
import { createFailure, Failure } from "../../src/runtime/failure.js";
import { openPool, shareOut } from "../../src/runtime/pool/pool.js";
import { Aborted, carryError, raisedError } from "../../src/runtime/pool/service.js";

/** A hand that does a job when it is told to. */
function createHand(log: string[]) {
  const waiting: (() => void)[] = [];
  return {
    finish: () => waiting.shift()?.(),
    work: (job: string, onEvent: (event: string) => void) =>
      new Promise<string>((resolve, reject) => {
        log.push(job);
        onEvent(`begun ${job}`);
        waiting.push(() => (job === "bad" ? reject(new Error("bad job")) : resolve(`done ${job}`)));
      }),
    close: async () => void log.push("closed"),
  };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a pool", () => {
  it("gives each free worker the next job, and each caller its own result", async () => {
    const log: string[] = [];
    const [one, two] = [createHand(log), createHand(log)];
    const pool = shareOut<string, string, string>([one, two], undefined);
    const events: string[] = [];
    const results = ["a", "bad", "c", "d"].map((job) =>
      pool.submit(job, (event) => events.push(event)).catch((error: unknown) => (error as Error).message),
    );
    await turn();
    expect(log).toEqual(["a", "bad"]);
    two.finish();
    await turn();
    expect(log).toEqual(["a", "bad", "c"]);
    one.finish();
    await turn();
    two.finish();
    one.finish();
    expect(await Promise.all(results)).toEqual(["done a", "bad job", "done c", "done d"]);
    expect(events).toEqual(["begun a", "begun bad", "begun c", "begun d"]);
    await pool.close();
    expect(log.slice(4)).toEqual(["closed", "closed"]);
  });

  it("begins no job once its signal has fired", async () => {
    const log: string[] = [];
    const hand = createHand(log);
    const controller = new AbortController();
    const pool = shareOut<string, string, string>([hand], controller.signal);
    const [first, second] = ["a", "b"].map((job) => pool.submit(job));
    await turn();
    controller.abort(new Error("enough"));
    hand.finish();
    expect(await first).toBe("done a");
    await expect(second).rejects.toThrow("enough");
    expect(log).toEqual(["a"]);
  });

  it("does the jobs in this thread where the sources are not compiled, and says what opening them threw", async () => {
    const setup = { options: { spec: "nowhere.mtl", warmStart: "nowhere" }, spec: {}, keep: "none", finished: [] };
    const opened = openPool({ service: "runs", setup, workers: 2 });
    await expect(opened).rejects.toThrow("nowhere");
  });
});

describe("errors between threads", () => {
  it("stay what they are", () => {
    const failure = createFailure("MTL7405", { directory: "out", entry: "x" });
    const raised = raisedError(structuredClone(carryError(failure)), undefined);
    expect(raised).toBeInstanceOf(Failure);
    expect((raised as Failure).diagnostics).toEqual(failure.diagnostics);
    const reason = new Error("stopped");
    expect(raisedError(structuredClone(carryError(new Aborted())), reason)).toBe(reason);
    const bug = new TypeError("bug");
    expect((raisedError(structuredClone(carryError(bug)), undefined) as Error).stack).toBe(bug.stack);
  });
});
