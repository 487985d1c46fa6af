/** Long texts of one wrong piece again and again: a step that looks back over what it has read makes them slow. */
const size = 20_000;

export const hostileTexts: readonly (readonly [name: string, text: string])[] = [
  ["opening brackets", "(".repeat(size)],
  ["closing brackets", "}".repeat(size)],
  ["names", "a ".repeat(size)],
  ["keywords", "task ".repeat(size)],
  ["broken entries", `loss {\n${"a = b\n".repeat(size)}}`],
  ["broken declarations", "tower = mlp(\n".repeat(size)],
  ["unclosed blocks", "loss {\n".repeat(size)],
  ["unclosed texts", '"\n'.repeat(size)],
  ["one unclosed text", `input x = "${"a} ".repeat(size)}`],
  ["unknown characters", "§ ".repeat(size)],
  ["unknown characters in a list", `input x = [${"§, ".repeat(size)}]`],
  ["commas", `input x = [${",".repeat(size)}]`],
  ["commas in a block", `loss { ${",".repeat(size)} }`],
  ["missing commas", `input x = [${"a ".repeat(size)}]`],
  ["rules on one line", `rules r { ${"drop x wen ".repeat(size)} }`],
  ["numbers", `input x = [${"1__0, ".repeat(size)}]`],
  ["a number", `input x = ${"1".repeat(size)}`],
  ["comments", "/// doc\n".repeat(size)],
  ["backslashes", `input x = "${"\\".repeat(size)}`],
  ["dots", `input x = a${".".repeat(size)}`],
  ["colons", ":".repeat(size)],
];
