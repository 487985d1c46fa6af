/**
 * Editions: a spec says for which year's rules it was written, and those rules stay. Here is what a table row says of its
 * own past, and what follows from it in a given edition. It imports nothing, so that any table may use it.
 */

/** The year that names a set of rules. */
export type Edition = number;

/** A name that a row had before. It means the row in every edition before {@link removed}. */
export interface FormerName {
  readonly name: string;
  /** The first edition whose specs get a warning for it. */
  readonly since: Edition;
  /** The first edition that does not know it. Absent: none so far. */
  readonly removed?: Edition;
}

/** That a row is on its way out, without another row that takes its place word for word. */
export interface Deprecation {
  /** The first edition whose specs get a warning for it. */
  readonly since: Edition;
  /** What to write instead, as an instruction: "write `mlp`, with its widths". */
  readonly instead: string;
  /** The first edition that does not know it. Absent: none so far. */
  readonly removed?: Edition;
}

/** What a row of the vocabulary says of its own past and future. */
export interface Aging {
  readonly formerly?: readonly FormerName[];
  readonly deprecated?: Deprecation;
}

/** What a word on its way out is in one edition. */
export type Phase = "valid" | "deprecated" | "removed";

/** The phase of a former name or a deprecated row in an edition. */
export function phaseIn(edition: Edition, { since, removed }: Pick<FormerName, "since" | "removed">): Phase {
  if (removed !== undefined && edition >= removed) return "removed";
  return edition >= since ? "deprecated" : "valid";
}
