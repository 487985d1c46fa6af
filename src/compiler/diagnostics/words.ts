/** Turns of phrase that messages share. */

/** `; did you mean \`x\`?`, or nothing. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? "" : `; did you mean \`${suggestion}\`?`;
}

/** `\`a\`, \`b\` and \`c\``. */
export function joinNames(names: readonly string[], word: "and" | "or" = "and"): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.at(-1) ?? "none";
  return quoted.length <= 1 ? last : `${quoted.slice(0, -1).join(", ")} ${word} ${last}`;
}
