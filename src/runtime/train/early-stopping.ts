/** What early stopping remembers between evaluations. */
export interface StopState {
  /** The best value so far, and the epoch, from 1, and the step after which it was measured; absent before the first. */
  readonly best?: { readonly value: number } & Moment;
  /** Evaluations since the best one. */
  readonly waited: number;
}

/** When something was measured. */
export interface Moment {
  readonly epoch: number;
  readonly step: number;
}

/** The next state after an evaluation, and what to do: only a strictly better value is an improvement. */
export function observeValue(
  state: StopState,
  watched: { readonly value: number; readonly greaterIsBetter: boolean },
  { epoch, step }: Moment,
  patience: number,
): { readonly state: StopState; readonly improved: boolean; readonly stop: boolean } {
  const { value } = watched;
  const sign = watched.greaterIsBetter ? 1 : -1;
  const improved = state.best === undefined || sign * value > sign * state.best.value;
  if (improved) return { state: { best: { value, epoch, step }, waited: 0 }, improved, stop: false };
  const waited = state.waited + 1;
  return { state: { ...state, waited }, improved, stop: waited >= patience };
}
