/** Whether the store answers. */
export type LinkState =
  | { readonly kind: "up" }
  /** Since when, when it is tried again, and what went wrong; times in milliseconds since 1970. */
  | { readonly kind: "down"; readonly since: number; readonly retryAt: number; readonly problem: string };

export interface StoreLink {
  readonly state: () => LinkState;
  /** Makes a call when those before it are over. Fails after the time limit, though the call may still take effect. */
  call<T>(work: () => Promise<T>): Promise<T>;
  /** When the calls made so far are over. */
  idle(): Promise<void>;
  /** Whether a call would be made now: always when the store is up, at times when it is down. */
  isOpen(): boolean;
}

const firstPause = 100;
const longestPause = 5000;

/** One call at a time to a store; after a failure, none for 100 ms, then 200 ms, up to 5 s. */
export function createStoreLink({
  timeout,
  clock,
  onChange,
}: {
  readonly timeout: number;
  readonly clock: () => number;
  readonly onChange: (state: LinkState) => void;
}): StoreLink {
  let state: LinkState = { kind: "up" };
  let pause = firstPause;
  let last: Promise<unknown> = Promise.resolve();

  const succeeded = (): void => {
    if (state.kind === "up") return;
    state = { kind: "up" };
    pause = firstPause;
    onChange(state);
  };
  const failed = (error: unknown): void => {
    const now = clock();
    const problem = error instanceof Error ? error.message : String(error);
    const first = state.kind === "up";
    pause = first ? firstPause : Math.min(longestPause, pause * 2);
    state = { kind: "down", since: state.kind === "down" ? state.since : now, retryAt: now + pause, problem };
    if (first) onChange(state);
  };

  return {
    state: () => state,
    idle: () => last.then(() => undefined),
    isOpen: () => state.kind === "up" || clock() >= state.retryAt,
    call: (work) => {
      const turn = last.then(async () => {
        try {
          const result = await within(work(), timeout);
          succeeded();
          return result;
        } catch (error) {
          failed(error);
          throw error;
        }
      });
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** The promise's result, or an error when it takes longer than `milliseconds`. */
export function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
