import { plural } from "../../../compiler/text/index.js";
import type { CompileTargetsResult } from "../../../runtime/jobs/compile-targets.js";
import type { View } from "../../command.js";
import { leftText } from "../../views/refusals.js";
import { bytes } from "../../views/text.js";

export const compileTargetsView: View<CompileTargetsResult> = {
  document: "compile-targets",
  human: ({ directory, trained, targets }) => {
    const lines = targets.map(({ name, folder, carries, files, leftToCaller }) => {
      const size = files.reduce((total, file) => total + file.bytes, 0);
      return `  ${name}: ${carries.join(", ")}; ${plural(files.length, "file")}, ${bytes(size)} in ${folder}${leftText(leftToCaller)}\n`;
    });
    const isUntrained = !trained && targets.some(({ carries }) => carries.some((part) => part !== "serving"));
    return `${lines.join("")}${isUntrained ? "untrained: the weights that training starts with\n" : ""}wrote ${directory}\n`;
  },
  json: (result) => result,
};
