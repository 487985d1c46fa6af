import { join } from "node:path";
import { groupDigits } from "../../../compiler/text/index.js";
import type { View } from "../../command.js";
import type { InitResult } from "./run.js";

export const initView: View<InitResult> = {
  document: "init",
  human: ({ directory, files, guessed }) => {
    const [spec, out] = [quoted(join(directory, "model.mtl")), quoted(join(directory, "out"))];
    return [
      ...files.map((file) => `wrote ${file}`),
      "",
      ...(guessed === undefined
        ? [`next: mtlc train ${spec} -o ${out}`]
        : guessedLines(guessed, spec, out, quoted(join(directory, "candidates.jsonl")))),
      "",
    ].join("\n");
  },
  json: (result) => result,
};

function guessedLines(
  { rows, labels, group, item }: NonNullable<InitResult["guessed"]>,
  spec: string,
  out: string,
  candidates: string,
): readonly string[] {
  const named = labels.map((label) => `\`${label}\``).join(" and ");
  const id = item === undefined ? "" : ` --id ${quoted(item)} --duplicates first`;
  return [
    `${groupDigits(rows)} rows; what happens is told by ${named}${group === undefined ? "" : `, rows are grouped by \`${group}\``}`,
    "these are guesses: read the spec before you trust its numbers",
    "",
    `next: mtlc data ${spec}`,
    `      mtlc train ${spec} -o ${out}`,
    `      mtlc rank ${out} ${candidates}${id}`,
  ];
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
