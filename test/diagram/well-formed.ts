/** Whether a text's tags are closed in order and its ampersands begin entities; what is wrong, else `well formed`. */
export function checkWellFormed(text: string): string {
  const open: string[] = [];
  for (const [tag, slash, name, selfClosed] of text.matchAll(/<(\/?)([a-z][\w-]*)[^<>]*?(\/?)>/gi)) {
    if (slash === "/") {
      const last = open.pop();
      if (last !== name) return `${tag} closes ${last ?? "nothing"}`;
    } else if (selfClosed !== "/") open.push(name ?? "");
  }
  if (open.length > 0) return `${open.join(", ")} is not closed`;
  const bare = /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/.exec(text);
  return bare === null ? "well formed" : `a bare & at ${bare.index}`;
}
