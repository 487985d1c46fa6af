import type * as ast from "../../syntax/index.js";
import {
  declarations,
  type DeclarationRow,
  type DeclaredSymbol,
  type NamingRow,
  type NodeOf,
  type OutlineIcon,
} from "../../syntax/index.js";

/** The node that declares a name of that row: the declaration, or an entry of its. */
type NodeOfRow<R extends NamingRow> = R["symbol"]["of"] extends "declaration"
  ? NodeOf<R["kind"]>
  : NodeOf<R["kind"]> extends { readonly entries: readonly (infer Entry)[] }
    ? Exclude<Entry, ast.FeatureGroup>
    : never;

/** What a name can refer to, with the node that declares it. */
type Declared = {
  readonly [R in NamingRow as R["symbol"]["kind"]]: NodeOfRow<R>;
} & {
  /** An event that no label declares: named by a signal's type. */
  readonly event: ast.Name;
  readonly candidate: Extract<ast.TestStep, { kind: "TestCandidate" }>;
};

export type SymbolKind = keyof Declared;

/** A declared name. Compared by identity: there is one object per declaration. */
export type SymbolOf<K extends SymbolKind> = {
  readonly [P in K]: {
    readonly kind: P;
    readonly name: string;
    /** Where the name is declared. */
    readonly at: ast.Name;
    readonly declaration: Declared[P];
  };
}[K];

export type SpecSymbol = SymbolOf<SymbolKind>;

type KindOfPart<P extends NamingRow["part"]> = Extract<NamingRow, { readonly part: P }>["symbol"]["kind"];
export type NetworkKind = KindOfPart<"network">;
export type HeadKind = KindOfPart<"heads">;

function kindsOfPart<P extends NamingRow["part"]>(part: P): readonly KindOfPart<P>[] {
  return declarations.flatMap((row) =>
    "symbol" in row && row.part === part ? [row.symbol.kind as KindOfPart<P>] : [],
  );
}

/** Names of the network: what a tensor expression may read besides features. */
export const networkKinds = kindsOfPart("network");
/** What predicts: tasks and chains of the network, signals from outside. */
export const headKinds = kindsOfPart("heads");

export function isNetworkKind(kind: SymbolKind): kind is NetworkKind {
  return (networkKinds as readonly string[]).includes(kind);
}

/** The kinds of names that stand for a tensor per member. */
const familyKinds = ["bottoms", "gates", "towers"] as const satisfies readonly NetworkKind[];
export type FamilyKind = (typeof familyKinds)[number];

export function isFamily(symbol: SpecSymbol): symbol is SymbolOf<FamilyKind> {
  return (familyKinds as readonly string[]).includes(symbol.kind);
}

export function isHeadKind(kind: SymbolKind): kind is HeadKind {
  return (headKinds as readonly string[]).includes(kind);
}

/** How names of a kind are called and shown. */
export type SymbolLook = Pick<DeclaredSymbol, "space" | "colour" | "one"> & { readonly icon: OutlineIcon };

const looks = new Map<string, SymbolLook>([
  ["event", { space: "labels", colour: "event", icon: "event", one: "an event" }],
  ["candidate", { space: "names", colour: "variable", icon: "object", one: "a candidate" }],
  ...declarations.flatMap(({ body, icon, symbol }: DeclarationRow): readonly (readonly [string, SymbolLook])[] =>
    symbol === undefined
      ? []
      : [[symbol.kind, { ...symbol, icon: (symbol.of === "entries" ? body?.icon : icon) ?? "variable" }]],
  ),
]);

/** How names of a kind are called and shown. */
export function lookOf(kind: SymbolKind): SymbolLook {
  const look = looks.get(kind);
  if (look === undefined) throw new RangeError(`no row declares a ${kind}`);
  return look;
}

/** `a tower`, with its article. */
export function describeKind(kind: SymbolKind): string {
  return lookOf(kind).one;
}

/** The word without its article: `tower`. */
export function kindWord(kind: SymbolKind): string {
  return lookOf(kind).one.replace(/^an? /, "");
}
