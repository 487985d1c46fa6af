import { Worker } from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";
import { loadThrough, newLibraryGate, shutLibraryGate } from "../../src/runtime/jobs/training-data/library-gate.js";

describe("a native library that a thread loads while the process ends", () => {
  it("is loaded when nothing ends", async () => {
    const load = vi.fn(() => Promise.resolve());
    const gate = newLibraryGate();
    await loadThrough(gate, load);
    expect(load).toHaveBeenCalledOnce();
    shutLibraryGate(gate);
  });

  it("is not loaded any more once the process ends", async () => {
    const load = vi.fn(() => Promise.resolve());
    const gate = newLibraryGate();
    shutLibraryGate(gate);
    await loadThrough(gate, load);
    expect(load).not.toHaveBeenCalled();
  });

  it("is waited for while it loads", async () => {
    const gate = newLibraryGate();
    let finish = (): void => undefined;
    const loading = loadThrough(gate, () => new Promise((resolve) => (finish = resolve)));
    // This thread waits at the gate, so that another one says that the library is there.
    const beforeTheEnd = new Int32Array(new SharedArrayBuffer(4));
    const other = new Worker(
      `const { gate, done } = require("node:worker_threads").workerData;
       Atomics.wait(done, 0, 0, 100);
       Atomics.store(done, 0, 1);
       Atomics.store(gate, 0, 2);
       Atomics.notify(gate, 0);`,
      { eval: true, workerData: { gate, done: beforeTheEnd } },
    );
    shutLibraryGate(gate);
    expect(Atomics.load(beforeTheEnd, 0)).toBe(1);
    finish();
    await loading;
    await other.terminate();
  });

  it("does not hold up an end when it could not be loaded", async () => {
    const gate = newLibraryGate();
    await expect(loadThrough(gate, () => Promise.reject(new Error("no library")))).rejects.toThrow("no library");
    const begun = performance.now();
    shutLibraryGate(gate);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
