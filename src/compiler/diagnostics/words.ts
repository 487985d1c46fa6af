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

/** Names as {@link joinNames}, of many the first ones: `\`a\`, \`b\`, \`c\` and 76 others`. */
export function someNames(names: readonly string[], most = 5): string {
  if (names.length <= most) return joinNames(names);
  const shown = names.slice(0, most).map((name) => `\`${name}\``);
  const others = names.length - most;
  return `${shown.join(", ")} and ${others} ${others === 1 ? "other" : "others"}`;
}
