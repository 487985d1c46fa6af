/** Names for the inputs of a signature that stay apart as parameters of Python. */

/**
 * What TensorFlow makes of the name of an input when Python loads a signature: a parameter, in which whatever is neither a letter nor a
 * digit is `_`. Two inputs that become one parameter leave a SavedModel that Python cannot load.
 */
export function parameterName(name: string): string {
  const letters = name.replace(/[^\p{L}\p{N}]/gu, "_");
  return /^\p{L}/u.test(letters) ? letters : `arg_${letters}`;
}

/** Each name, or the first of NAME_2, NAME_3, … that is another parameter than all the names, for one that is the parameter of an earlier one. */
export function inputNames(names: readonly string[]): ReadonlyMap<string, string> {
  const wanted = new Set(names.map(parameterName));
  const taken = new Set<string>();
  return new Map(
    names.map((name) => {
      let free = name;
      for (let n = 2; taken.has(parameterName(free)) || (free !== name && wanted.has(parameterName(free))); n += 1)
        free = `${name}_${n}`;
      taken.add(parameterName(free));
      return [name, free];
    }),
  );
}
