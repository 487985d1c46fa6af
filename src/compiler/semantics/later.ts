import type { CheckContext } from "./context.js";
import type { Name } from "../syntax/index.js";

/** Built-ins that this version does not have yet, with what does instead. */
export const later: Readonly<Record<string, string>> = {
  delayed: "use `bce`",
  ips: "use `bce`",
  snips: "use `bce`",
  doubly_robust: "use `bce`",
};

/** Whether the word belongs to the language but not to this version. */
export function isLater(word: string): boolean {
  return Object.hasOwn(later, word);
}

/** Whether the word belongs to the language but not to this version, which is then reported. */
export function reportIfLater(context: CheckContext, name: Name): boolean {
  const instead = later[name.text];
  if (instead === undefined || !Object.hasOwn(later, name.text)) return false;
  context.reporter.report("MTL3090", { what: `\`${name.text}\``, instead }, name.span);
  return true;
}
