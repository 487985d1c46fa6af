/** Numbers of random streams: one for each use of chance in a function, by name. */

/** FNV-1a over the UTF-16 units, as 32 unsigned bits. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
