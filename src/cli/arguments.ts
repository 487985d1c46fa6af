import { omitUndefined, own } from "../compiler/text/index.js";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { suggest } from "../compiler/text/index.js";
import { createFailure } from "../runtime/failure.js";
import { type Call, type CommandSpec, usageLine } from "./command.js";
import { type OptionSpec, type OptionTable, valueText } from "./option.js";

/** Parses what follows a command's name. Throws a {@link Failure} (MTL80xx) that says what is wrong. */
export function parseCall<T extends OptionTable>(spec: CommandSpec<T>, words: readonly string[]): Call<T> {
  const { tokens } = parseArgs({
    args: spreadLists(spec.options, words),
    options: parserOptions(spec.options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = own(spec.options, token.name);
    if (option === undefined) throw unknownOption(spec, token.rawName);
    if (option.kind === "flag") {
      if (token.value !== undefined)
        throw createFailure("MTL8004", { option: token.rawName, value: token.value, expected: "no value" });
      given.set(token.name, []);
      continue;
    }
    const value = token.value;
    // A value that looks like an option is a forgotten value; `--option=-1` says otherwise.
    if (value === undefined || (!token.inlineValue && /^-./.test(value)))
      throw createFailure("MTL8003", { option: token.rawName, value: valueText(option) });
    given.set(token.name, [...(given.get(token.name) ?? []), value]);
  }
  checkCount(spec, positionals);
  const options = Object.fromEntries(
    Object.entries(spec.options).map(([name, option]) => [name, readValue(name, option, given.get(name))]),
  );
  return { arguments: positionals, options: options as Call<T>["options"] };
}

/** `--train a b --test c` → `--train a --train b --test c`: what follows a list option up to the next option is its. */
function spreadLists(options: OptionTable, words: readonly string[]): string[] {
  const spread: string[] = [];
  let list: string | undefined;
  let first = false;
  for (const [i, word] of words.entries()) {
    if (word === "--") return [...spread, ...words.slice(i)];
    if (/^-./.test(word)) {
      list = isList(options, word) ? word : undefined;
      first = true;
      spread.push(word);
    } else if (list === undefined || first) {
      spread.push(word);
      first = false;
    } else {
      spread.push(list, word);
    }
  }
  return spread;
}

function isList(options: OptionTable, word: string): boolean {
  return Object.entries(options).some(
    ([name, option]) =>
      option.kind === "list" && (word === `--${name}` || (option.short !== undefined && word === `-${option.short}`)),
  );
}

function parserOptions(options: OptionTable): NonNullable<ParseArgsConfig["options"]> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      {
        type: option.kind === "flag" ? ("boolean" as const) : ("string" as const),
        ...omitUndefined({ short: option.short }),
      },
    ]),
  );
}

function unknownOption(spec: CommandSpec, option: string): Error {
  // One letter resembles every other, so that only long names are suggested.
  const known = option.startsWith("--") ? [...Object.keys(spec.options), "help"].map((name) => `--${name}`) : [];
  return createFailure("MTL8002", { command: spec.name, option, suggestion: suggest(option, known) });
}

function checkCount(spec: CommandSpec, positionals: readonly string[]): void {
  const { name, min, max } = spec.positional;
  const usage = usageLine(spec);
  if (positionals.length < min) {
    // A list option takes all words up to the next option, so it may have taken the argument.
    const lists = Object.entries(spec.options).flatMap(([option, { kind }]) =>
      kind === "list" ? [`--${option}`] : [],
    );
    const details = lists.length === 0 ? {} : { help: `put ${name} before ${lists.join(", ")}` };
    throw createFailure("MTL8005", { command: spec.name, argument: name, usage }, undefined, details);
  }
  const extra = positionals[max];
  if (extra !== undefined) throw createFailure("MTL8006", { command: spec.name, argument: extra, usage });
}

function readValue(name: string, option: OptionSpec, given: readonly string[] | undefined): unknown {
  const last = given?.at(-1);
  switch (option.kind) {
    case "flag":
      return given !== undefined;
    case "text":
      return last;
    case "list":
      return given;
    case "names":
      return given?.flatMap((names) => names.split(",").filter((part) => part !== ""));
    case "integer": {
      if (last === undefined) return undefined;
      const value = /^-?\d[\d_]*$/.test(last) ? Number(last.replaceAll("_", "")) : NaN;
      if (Number.isSafeInteger(value) && value >= option.min && value <= option.max) return value;
      const expected =
        option.max === Number.MAX_SAFE_INTEGER
          ? `a whole number of at least ${option.min}`
          : `a whole number from ${option.min} to ${option.max}`;
      throw createFailure("MTL8004", { option: `--${name}`, value: last, expected });
    }
    case "choice": {
      if (last === undefined) return option.default;
      if (option.values.includes(last)) return last;
      const expected = option.values.map((value) => `\`${value}\``).join(" or ");
      const meant = suggest(last, option.values);
      throw createFailure(
        "MTL8004",
        { option: `--${name}`, value: last, expected },
        undefined,
        meant === undefined ? {} : { help: `did you mean \`${meant}\`?` },
      );
    }
  }
}
