import { join } from "node:path";
import type { View } from "../command.js";
import type { InitResult } from "../commands/init.js";

export const initView: View<InitResult> = {
  human: ({ directory, files }) =>
    [
      ...files.map((file) => `wrote ${file}`),
      "",
      `next: mtlc train ${join(directory, "model.mtl")} -o ${join(directory, "out")}`,
      "",
    ].join("\n"),
  json: (result) => result,
};
