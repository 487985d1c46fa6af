/** The language by editions: which there are, what changed between them, and the words that are on their way out. */
import { omitUndefined } from "../../text/index.js";
import { gates, layers, losses, optimizers, penalties, schedules } from "../../builtins/index.js";
import type { TextEdit } from "../../diagnostics/index.js";
import type { Aging, Edition } from "../../editions/index.js";
import { stdReleases, type StdReleases } from "../../std/index.js";
import { declarations, type DeclarationRow, type Spec } from "../../syntax/index.js";

/** One difference between an edition and the one before it, besides the words that it removes. */
export interface EditionChange {
  /** What a spec has to write differently, as one sentence. */
  readonly summary: string;
  /** The edits that make a file of the edition before say the same in this one. */
  readonly rewrite: (file: Spec, text: string) => readonly TextEdit[];
}

export interface EditionRow {
  readonly edition: Edition;
  readonly changes: readonly EditionChange[];
}

/** Every edition, the oldest first. */
const editions: readonly EditionRow[] = [{ edition: 2026, changes: [] }];

/** A word that is on its way out. `callee` and `value` are built-ins, `option` one of their arguments. */
export interface AgingWord {
  readonly position: "callee" | "option" | "declaration";
  readonly word: string;
  /** Of an option, the built-in that takes it. */
  readonly of?: string;
  readonly since: Edition;
  readonly removed?: Edition;
  /** The word that means the same. */
  readonly now?: string;
  /** What to write instead, where no single word does. */
  readonly instead?: string;
}

/** A row of the vocabulary, as far as its words go. */
export interface VocabularyRow extends Aging {
  readonly name: string;
  readonly parameters?: readonly (Aging & { readonly name: string })[];
}

/** All that depends on the edition. The product has one, {@link language}; tests pass others. */
export interface Language {
  /** The oldest first. */
  readonly editions: readonly EditionRow[];
  readonly words: readonly AgingWord[];
  readonly std: StdReleases;
  /** Report words by the rules of this edition in place of each file's own: what `mtlc migrate` asks for. */
  readonly target?: Edition;
}

/** The newest edition of a language. */
export function newestEdition({ editions: known }: Pick<Language, "editions">): Edition {
  return known.at(-1)?.edition ?? 0;
}

const keywordRows: readonly VocabularyRow[] = declarations.map((row: DeclarationRow) => ({
  ...row,
  name: row.keyword,
}));

/**
 * A language from its tables: built-ins by `rows`, first words of declarations by `declarations`. What is left out is the
 * product's.
 */
export function createLanguage(
  tables: {
    readonly editions?: readonly EditionRow[];
    readonly rows?: readonly VocabularyRow[];
    readonly declarations?: readonly VocabularyRow[];
    readonly std?: StdReleases;
  } = {},
): Language {
  const rows = tables.rows ?? [...layers, ...gates, ...losses, ...penalties, ...optimizers, ...schedules];
  return {
    editions: tables.editions ?? editions,
    words: [
      ...rows.flatMap((row) => [
        ...wordsOf("callee", row),
        ...(row.parameters ?? []).flatMap((parameter) => wordsOf("option", parameter, row.name)),
      ]),
      ...(tables.declarations ?? keywordRows).flatMap((row) => wordsOf("declaration", row)),
    ],
    std: tables.std ?? stdReleases,
  };
}

function wordsOf(
  position: AgingWord["position"],
  { name, formerly = [], deprecated }: Aging & { readonly name: string },
  of?: string,
): readonly AgingWord[] {
  const place = { position, ...omitUndefined({ of }) };
  return [
    ...formerly.map(({ name: word, ...phases }) => ({ ...place, word, now: name, ...phases })),
    ...(deprecated === undefined ? [] : [{ ...place, word: name, ...deprecated }]),
  ];
}

/** The language of this version of mtlc. */
export const language: Language = createLanguage();
