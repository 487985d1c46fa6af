/**
 * What a record holds itself under a name; never what every object inherits, such as `constructor`. For every record whose
 * keys users choose, or which is asked for a name that users choose.
 */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
