/**
 * A native library that a thread loads while the process ends can take the process down: what it asks of Node then fails, and it
 * aborts. The thread loads behind a gate, and the process ends when the library is there or will not be loaded any more.
 */

/** One number that both threads see: who came first. */
export type LibraryGate = Int32Array<SharedArrayBuffer>;

const open = 0;
const loading = 1;
const loaded = 2;
const shut = 3;

/** Milliseconds that an end waits at most. Loading takes some 100, on a busy machine a few times that. */
const longest = 10_000;

export function newLibraryGate(): LibraryGate {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** Loads a library, unless the process is about to end. */
export async function loadThrough(gate: LibraryGate, load: () => Promise<void>): Promise<void> {
  if (Atomics.compareExchange(gate, 0, open, loading) !== open) return;
  try {
    await load();
  } finally {
    Atomics.store(gate, 0, loaded);
    Atomics.notify(gate, 0);
  }
}

/** For the end of a process: no library is loaded from here on, and one that is being loaded is waited for. */
export function shutLibraryGate(gate: LibraryGate): void {
  if (Atomics.compareExchange(gate, 0, open, shut) === loading) Atomics.wait(gate, 0, loading, longest);
}
