/** What a spec declares, as wide as any spec has it. The declarations of a generated module name those of its own spec. */
export type HeadName = string;
export type RankingName = string;
