/**
 * The entries that have a value, for spreading: a property that is optional is left out rather than `undefined`, as
 * `exactOptionalPropertyTypes` wants it.
 */
export function omitUndefined<T extends object>(values: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key of Object.keys(values) as (keyof T)[]) {
    const value = values[key];
    if (value !== undefined) result[key] = value as Exclude<T[keyof T], undefined>;
  }
  return result;
}
