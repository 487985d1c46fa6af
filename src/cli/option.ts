/**
 * Options of a command as data: one table row gives the parser its rule, the type of the parsed value, and the help its
 * line.
 */
interface OptionBase {
  /** One letter, given as `-o`. */
  readonly short?: string;
  /** What it does: a sentence's end without a full stop. */
  readonly doc: string;
}

export type OptionSpec =
  | (OptionBase & { readonly kind: "flag" })
  | (OptionBase & { readonly kind: "text"; readonly value: string })
  /** One or more values up to the next option, as a shell's glob gives them; may be repeated. */
  | (OptionBase & { readonly kind: "list"; readonly value: string })
  /** Names with commas between them; may be repeated. */
  | (OptionBase & { readonly kind: "names"; readonly value: string })
  | (OptionBase & { readonly kind: "integer"; readonly value: string; readonly min: number; readonly max: number })
  | (OptionBase & { readonly kind: "choice"; readonly values: readonly string[]; readonly default?: string });

export type OptionTable = Readonly<Record<string, OptionSpec>>;

type OptionValue<S extends OptionSpec> = S extends { kind: "flag" }
  ? boolean
  : S extends { kind: "text" }
    ? string | undefined
    : S extends { kind: "list" | "names" }
      ? readonly string[] | undefined
      : S extends { kind: "integer" }
        ? number | undefined
        : S extends { kind: "choice"; values: readonly (infer V)[] }
          ? S extends { default: string }
            ? V
            : V | undefined
          : never;

/** The parsed options of a table: a flag is always there, the others are `undefined` when they were not given. */
export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]: OptionValue<T[K]> };

/** What names the value in help and messages: `DIR`, `human|json`; empty for a flag. */
export function valueText(option: OptionSpec): string {
  switch (option.kind) {
    case "flag":
      return "";
    case "choice":
      return option.values.join("|");
    case "list":
      return `${option.value}…`;
    case "names":
      return `${option.value},…`;
    case "text":
    case "integer":
      return option.value;
  }
}
