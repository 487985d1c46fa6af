import { MtlParser } from "./grammar.js";
import { knownLookahead } from "./known-lookahead.js";
import { lookaheadFrom, tabulate, type Lookahead, type LookaheadTable } from "./lookahead-table.js";

/** What of Chevrotain's parser its types leave out; the package is pinned to a version. */
interface Internals {
  selfAnalysisDone: boolean;
  readonly lookAheadFuncsCache: ReadonlyMap<number, Lookahead>;
  setLaFuncCache(key: number, lookahead: Lookahead): void;
}

const config = { recoveryEnabled: false, skipValidations: true } as const;

function internals(parser: MtlParser): Internals {
  return parser as unknown as Internals;
}

/** The choices of the grammar, as Chevrotain's analysis of it finds them. */
export function lookaheadTable(): LookaheadTable {
  return tabulate(internals(new MtlParser(config)).lookAheadFuncsCache);
}

/** A parser that gives up at the first mistake. With the choices known, the grammar is analysed only to word a mistake. */
export function createStrictParser(known: LookaheadTable | undefined = knownLookahead): MtlParser {
  if (known === undefined) return new MtlParser(config);
  let analysed: MtlParser | undefined;
  class PreparedParser extends MtlParser {
    override performSelfAnalysis(): void {
      const parser = internals(this);
      parser.selfAnalysisDone = true;
      for (const [key, choice] of known ?? []) parser.setLaFuncCache(key, lookaheadFrom(key, choice));
    }

    override getGAstProductions(): ReturnType<MtlParser["getGAstProductions"]> {
      analysed ??= new MtlParser(config);
      return analysed.getGAstProductions();
    }
  }
  return new PreparedParser(config);
}
