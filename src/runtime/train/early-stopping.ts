/** What early stopping remembers between evaluations. */
export interface StopState {
  /** The best value so far and the number of finished epochs it was measured after; absent before the first. */
  readonly best?: { readonly value: number; readonly epoch: number };
  /** Evaluations since the best one. */
  readonly waited: number;
}

/** The next state after an evaluation, and what to do: only a strictly better value is an improvement. */
export function observeValue(
  state: StopState,
  watched: { readonly value: number; readonly greaterIsBetter: boolean },
  epoch: number,
  patience: number,
): { readonly state: StopState; readonly improved: boolean; readonly stop: boolean } {
  const { value } = watched;
  const sign = watched.greaterIsBetter ? 1 : -1;
  const improved = state.best === undefined || sign * value > sign * state.best.value;
  if (improved) return { state: { best: { value, epoch }, waited: 0 }, improved, stop: false };
  const waited = state.waited + 1;
  return { state: { ...state, waited }, improved, stop: waited >= patience };
}
