import { defineDiagnostics } from "../../define.js";
import { someNames } from "../../words.js";

/** MTL741x: specs with searches at run time, and what `mtlc search` needs. */
export const searchRunDiagnostics = defineDiagnostics({
  MTL7410: {
    slug: "search-defaults",
    severity: "info",
    title: "searches at their defaults",
    message: (p: { file: string; values: readonly string[] }) =>
      `${someNames(p.values, 6)}: the defaults of what \`mtlc search ${p.file}\` searches`,
    about:
      "A spec with `search` is trained as the model of the defaults: the value after `=`, else the first choice or the middle of the range.",
    fix: "Nothing, if that is what should be trained. `mtlc search` looks for better values and writes them into a spec.",
  },
});
