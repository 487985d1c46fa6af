import { CstParser, tokenMatcher, type CstNode, type IParserConfig } from "chevrotain";
import { LazyLookahead } from "./lazy-lookahead.js";
import * as t from "./tokens.js";
import { expectations } from "./errors/expectations.js";

/**
 * The grammar, as Chevrotain rules that give a concrete tree. Commas between items and entries are optional here and
 * checked when the tree is built: that way a forgotten one costs one message and no part of the tree.
 * Operators of one level are a flat list; {@link buildArithmetic} knows their precedence.
 */
export class MtlParser extends CstParser {
  constructor(config: Pick<IParserConfig, "recoveryEnabled" | "skipValidations">) {
    super([...t.grammarTokens], {
      ...config,
      lookaheadStrategy: new LazyLookahead({ maxLookahead: 2 }),
      nodeLocationTracking: "onlyOffset",
      errorMessageProvider: expectations,
    });
    this.performSelfAnalysis();
  }

  /** A file. */
  readonly spec = this.RULE("spec", () => {
    this.MANY(() => this.SUBRULE(this.declaration));
  });

  readonly declaration = this.RULE("declaration", () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.editionDeclaration) },
        { ALT: () => this.SUBRULE(this.importDeclaration) },
        { ALT: () => this.SUBRULE(this.modelDeclaration) },
        { ALT: () => this.SUBRULE(this.overrideDeclaration) },
        { ALT: () => this.SUBRULE(this.removeDeclaration) },
        { ALT: () => this.SUBRULE(this.plainDeclaration) },
      ],
      ERR_MSG: "a declaration",
    });
  });

  /** What `override` may appear before. */
  readonly plainDeclaration = this.RULE("plainDeclaration", () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.entryBlock) },
        { ALT: () => this.SUBRULE(this.featuresBlock) },
        { ALT: () => this.SUBRULE(this.labelsBlock) },
        { ALT: () => this.SUBRULE(this.typedBlock) },
        { ALT: () => this.SUBRULE(this.paramsBlock) },
        { ALT: () => this.SUBRULE(this.networkDeclaration) },
        { ALT: () => this.SUBRULE(this.familyDeclaration) },
        { ALT: () => this.SUBRULE(this.gatesDeclaration) },
        { ALT: () => this.SUBRULE(this.expertsDeclaration) },
        { ALT: () => this.SUBRULE(this.gateDeclaration) },
        { ALT: () => this.SUBRULE(this.taskDeclaration) },
        { ALT: () => this.SUBRULE(this.chainDeclaration) },
        { ALT: () => this.SUBRULE(this.fusionDeclaration) },
        { ALT: () => this.SUBRULE(this.rulesBlock) },
        { ALT: () => this.SUBRULE(this.rankDeclaration) },
        { ALT: () => this.SUBRULE(this.experimentDeclaration) },
        { ALT: () => this.SUBRULE(this.testDeclaration) },
        { ALT: () => this.SUBRULE(this.defDeclaration) },
      ],
      ERR_MSG: "a declaration that can be overridden",
    });
  });

  // ---------------------------------------------------------------------------------------------------- declarations

  readonly editionDeclaration = this.RULE("editionDeclaration", () => {
    this.CONSUME(t.declarationTokens.edition);
    this.CONSUME(t.Colon);
    this.CONSUME(t.NumberToken);
  });

  readonly importDeclaration = this.RULE("importDeclaration", () => {
    this.CONSUME(t.declarationTokens.import);
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.LCurly);
            this.MANY(() => {
              this.CONSUME(t.Identifier, { LABEL: "names" });
              this.OPTION(() => this.CONSUME(t.Comma));
            });
            this.CONSUME(t.RCurly);
            this.CONSUME(t.From);
            this.SUBRULE(this.importSource);
          },
        },
        { ALT: () => this.CONSUME(t.StringToken) },
      ],
      ERR_MSG: "`{` with names, or the path of a file in quotes",
    });
  });

  readonly importSource = this.RULE("importSource", () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.StringToken) },
        {
          ALT: () => {
            this.CONSUME(t.Identifier);
            this.OPTION(() => this.CONSUME(t.NumberToken));
          },
        },
      ],
      ERR_MSG: "the path of a file in quotes, or `std`",
    });
  });

  readonly modelDeclaration = this.RULE("modelDeclaration", () => {
    this.CONSUME(t.declarationTokens.model);
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Extends);
      this.CONSUME(t.StringToken);
    });
  });

  readonly overrideDeclaration = this.RULE("overrideDeclaration", () => {
    this.CONSUME(t.declarationTokens.override);
    this.SUBRULE(this.plainDeclaration);
  });

  readonly removeDeclaration = this.RULE("removeDeclaration", () => {
    this.CONSUME(t.declarationTokens.remove);
    this.CONSUME(t.Identifier, { LABEL: "keyword" });
    this.CONSUME2(t.Identifier, { LABEL: "path" });
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.CONSUME3(t.Identifier, { LABEL: "path" });
    });
  });

  readonly entryBlock = this.RULE("entryBlock", () => {
    this.CONSUME(t.EntryBlockKeyword, { LABEL: "keyword" });
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.entries);
    this.CONSUME(t.RCurly);
  });

  readonly entries = this.RULE("entries", () => {
    this.MANY(() => {
      this.SUBRULE(this.entry);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
  });

  readonly entry = this.RULE("entry", () => {
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(t.Identifier) }, { ALT: () => this.SUBRULE(this.members) }],
      ERR_MSG: "a name",
    });
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  readonly featuresBlock = this.RULE("featuresBlock", () => {
    this.CONSUME(t.declarationTokens.features);
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.featureEntries);
    this.CONSUME(t.RCurly);
  });

  readonly featureEntries = this.RULE("featureEntries", () => {
    this.MANY(() => {
      this.SUBRULE(this.featureEntry);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
  });

  readonly featureEntry = this.RULE("featureEntry", () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.SUBRULE(this.featureName);
            this.OPTION3(() => {
              this.CONSUME(t.DotDot);
              this.SUBRULE2(this.featureName, { LABEL: "last" });
            });
          },
        },
        { ALT: () => this.SUBRULE(this.list) },
      ],
      ERR_MSG: "a name",
    });
    this.CONSUME(t.Colon);
    this.CONSUME(t.Identifier, { LABEL: "type" });
    this.OPTION(() => this.SUBRULE(this.callArguments));
    this.OPTION2(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expression);
    });
  });

  /** `price`, `"unit price"`. */
  readonly featureName = this.RULE("featureName", () => {
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(t.Identifier) }, { ALT: () => this.CONSUME(t.StringToken) }],
      ERR_MSG: "a name",
    });
  });

  readonly labelsBlock = this.RULE("labelsBlock", () => {
    this.CONSUME(t.declarationTokens.labels);
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.labelEntries);
    this.CONSUME(t.RCurly);
  });

  readonly labelEntries = this.RULE("labelEntries", () => {
    this.MANY(() => {
      this.SUBRULE(this.labelEntry);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
  });

  readonly labelEntry = this.RULE("labelEntry", () => {
    this.CONSUME(t.Identifier, { LABEL: "name" });
    this.CONSUME(t.Colon);
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.Event) },
        {
          ALT: () => {
            this.CONSUME(t.Amount);
            this.OPTION(() => {
              this.CONSUME(t.LParen);
              this.CONSUME2(t.Identifier, { LABEL: "unit" });
              this.CONSUME(t.RParen);
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Classes);
            this.SUBRULE(this.callArguments);
          },
        },
      ],
      ERR_MSG: "`event`, `amount(unit)` or `classes(a, b, …)`",
    });
    this.OPTION2({
      // A label may be called `within`.
      GATE: () => this.LA(2).tokenType !== t.Colon,
      DEF: () => {
        this.CONSUME(t.Within);
        this.CONSUME3(t.Identifier, { LABEL: "within" });
      },
    });
    this.OPTION3(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expression);
    });
  });

  readonly typedBlock = this.RULE("typedBlock", () => {
    this.CONSUME(t.TypedBlockKeyword, { LABEL: "keyword" });
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.typedEntries);
    this.CONSUME(t.RCurly);
  });

  readonly typedEntries = this.RULE("typedEntries", () => {
    this.MANY(() => {
      this.SUBRULE(this.typedEntry);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
  });

  readonly typedEntry = this.RULE("typedEntry", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
    // The next entry may be called `missing`, `outside` or `malformed`.
    this.OPTION({
      GATE: () => this.LA(2).tokenType !== t.Colon,
      DEF: () => {
        this.CONSUME(t.Missing);
        this.SUBRULE(this.sum);
      },
    });
    this.OPTION2({
      GATE: () => this.LA(2).tokenType !== t.Colon,
      DEF: () => {
        this.CONSUME(t.Outside);
        this.CONSUME2(t.Identifier, { LABEL: "policy" });
      },
    });
    this.OPTION3({
      GATE: () => this.LA(2).tokenType !== t.Colon,
      DEF: () => {
        this.CONSUME(t.Malformed);
        this.CONSUME3(t.Identifier, { LABEL: "malformedPolicy" });
      },
    });
  });

  readonly paramsBlock = this.RULE("paramsBlock", () => {
    this.CONSUME(t.declarationTokens.params);
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.paramEntries);
    this.CONSUME(t.RCurly);
  });

  readonly paramEntries = this.RULE("paramEntries", () => {
    this.MANY(() => {
      this.SUBRULE(this.paramEntry);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
  });

  readonly paramEntry = this.RULE("paramEntry", () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.sum);
    this.OPTION({
      GATE: () => this.LA(2).tokenType !== t.Colon,
      DEF: () => this.SUBRULE(this.range),
    });
  });

  readonly networkDeclaration = this.RULE("networkDeclaration", () => {
    this.CONSUME(t.NetworkKeyword, { LABEL: "keyword" });
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.item);
  });

  readonly familyDeclaration = this.RULE("familyDeclaration", () => {
    this.CONSUME(t.FamilyKeyword, { LABEL: "keyword" });
    this.CONSUME(t.Identifier);
    this.SUBRULE(this.members);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly gatesDeclaration = this.RULE("gatesDeclaration", () => {
    this.CONSUME(t.declarationTokens.gates);
    this.CONSUME(t.Identifier);
    this.SUBRULE(this.members);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression, { LABEL: "value" });
    this.CONSUME(t.Over);
    this.SUBRULE2(this.expression, { LABEL: "over" });
  });

  readonly members = this.RULE("members", () => {
    this.CONSUME(t.LBracket);
    this.MANY(() => {
      this.CONSUME(t.Identifier);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RBracket);
  });

  readonly expertsDeclaration = this.RULE("expertsDeclaration", () => {
    this.CONSUME(t.declarationTokens.experts);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.LBracket);
    this.SUBRULE(this.sum);
    this.CONSUME(t.RBracket);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly gateDeclaration = this.RULE("gateDeclaration", () => {
    this.CONSUME(t.declarationTokens.gate);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression, { LABEL: "value" });
    this.CONSUME(t.Over);
    this.SUBRULE2(this.expression, { LABEL: "over" });
  });

  readonly taskDeclaration = this.RULE("taskDeclaration", () => {
    this.CONSUME(t.declarationTokens.task);
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(t.Identifier) }, { ALT: () => this.SUBRULE(this.members) }],
      ERR_MSG: "a name",
    });
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
    this.OPTION(() => this.CONSUME(t.Auxiliary));
  });

  readonly chainDeclaration = this.RULE("chainDeclaration", () => {
    this.CONSUME(t.declarationTokens.chain);
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.SUBRULE(this.type);
    });
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly fusionDeclaration = this.RULE("fusionDeclaration", () => {
    this.CONSUME(t.declarationTokens.fusion);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly rankDeclaration = this.RULE("rankDeclaration", () => {
    this.CONSUME(t.declarationTokens.rank);
    this.CONSUME(t.Identifier, { LABEL: "name" });
    this.CONSUME(t.Equals);
    this.OPTION(() => {
      this.CONSUME(t.From);
      this.AT_LEAST_ONE_SEP({ SEP: t.Comma, ERR_MSG: "a source", DEF: () => this.SUBRULE(this.rankSource) });
      this.CONSUME(t.Then);
    });
    this.AT_LEAST_ONE_SEP2({ SEP: t.Then, ERR_MSG: "`top`", DEF: () => this.SUBRULE(this.rankStage) });
    this.OPTION2(() => {
      this.CONSUME(t.With);
      this.AT_LEAST_ONE_SEP3({
        SEP: t.Comma,
        ERR_MSG: "a name",
        DEF: () => this.CONSUME2(t.Identifier, { LABEL: "rules" }),
      });
    });
    this.OPTION3(() => {
      this.CONSUME(t.Ties);
      this.AT_LEAST_ONE_SEP4({ SEP: t.Comma, ERR_MSG: "a value", DEF: () => this.SUBRULE(this.tieKey) });
    });
  });

  readonly rankSource = this.RULE("rankSource", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Top);
      this.SUBRULE(this.sum);
    });
    this.OPTION2(() => {
      this.CONSUME(t.By);
      this.SUBRULE(this.expression);
    });
  });

  readonly rankStage = this.RULE("rankStage", () => {
    this.CONSUME(t.Top);
    this.SUBRULE(this.sum);
    this.CONSUME(t.By);
    this.SUBRULE(this.expression);
  });

  readonly tieKey = this.RULE("tieKey", () => {
    this.SUBRULE(this.expression);
    this.OPTION(() => this.CONSUME(t.Ascending));
  });

  readonly experimentDeclaration = this.RULE("experimentDeclaration", () => {
    this.CONSUME(t.declarationTokens.experiment);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.entries);
    this.CONSUME(t.RCurly);
  });

  readonly defDeclaration = this.RULE("defDeclaration", () => {
    this.CONSUME(t.declarationTokens.def);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.LParen);
    this.MANY(() => {
      this.SUBRULE(this.parameter);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RParen);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly parameter = this.RULE("parameter", () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expression);
    });
  });

  // ----------------------------------------------------------------------------------------------------------- rules

  readonly rulesBlock = this.RULE("rulesBlock", () => {
    this.CONSUME(t.declarationTokens.rules);
    this.CONSUME(t.Identifier);
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.ruleEntries);
    this.CONSUME(t.RCurly);
  });

  readonly ruleEntries = this.RULE("ruleEntries", () => {
    this.MANY(() => {
      this.SUBRULE(this.rule);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
  });

  readonly rule = this.RULE("rule", () => {
    this.CONSUME(t.Identifier, { LABEL: "verb" });
    this.CONSUME2(t.Identifier, { LABEL: "name" });
    this.MANY({
      // Without this, the verb of the next rule would count as an option's key.
      GATE: () => clauseWords.has(this.LA(1).tokenType.name) || this.LA(2).tokenType === t.Colon,
      DEF: () => this.SUBRULE(this.ruleClause),
    });
  });

  readonly ruleClause = this.RULE("ruleClause", () => {
    this.OR({
      DEF: [
        {
          GATE: () => this.LA(2).tokenType === t.Colon,
          ALT: () => {
            this.CONSUME(t.Identifier, { LABEL: "option" });
            this.CONSUME(t.Colon);
            this.SUBRULE(this.expression);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.When);
            this.SUBRULE2(this.expression);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.By);
            this.SUBRULE(this.sum);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.During);
            this.SUBRULE2(this.sum, { LABEL: "from" });
            this.CONSUME(t.DotDot);
            this.SUBRULE3(this.sum, { LABEL: "to" });
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.At);
            this.OR2({
              DEF: [
                {
                  ALT: () => {
                    this.OR3([{ ALT: () => this.CONSUME(t.Most) }, { ALT: () => this.CONSUME(t.Least) }]);
                    this.SUBRULE4(this.sum);
                  },
                },
                { ALT: () => this.SUBRULE5(this.sum, { LABEL: "place" }) },
              ],
              ERR_MSG: "`most`, `least` or a place",
              MAX_LOOKAHEAD: 1,
              IGNORE_AMBIGUITIES: true,
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Of);
            this.SUBRULE6(this.sum);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Top);
            this.SUBRULE7(this.sum);
          },
        },
        {
          GATE: () => this.topFollows(),
          ALT: () => {
            this.CONSUME(t.In);
            this.CONSUME2(t.Top);
            this.SUBRULE8(this.sum);
          },
        },
        {
          ALT: () => {
            this.CONSUME2(t.In);
            this.SUBRULE9(this.sum, { LABEL: "window" });
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Per);
            this.CONSUME2(t.Identifier, { LABEL: "unit" });
          },
        },
      ],
      ERR_MSG: "a clause of the rule",
      // One word decides, with the gates: the message then speaks of what follows it.
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  /** Whether `in` is followed by `top N` and not by something that happens to be called `top`. */
  private topFollows(): boolean {
    return this.LA(2).tokenType === t.Top && startsCount(this.LA(3).tokenType.name);
  }

  // ----------------------------------------------------------------------------------------------------------- tests

  readonly testDeclaration = this.RULE("testDeclaration", () => {
    this.CONSUME(t.declarationTokens.test);
    this.CONSUME(t.StringToken);
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.testSteps);
    this.CONSUME(t.RCurly);
  });

  readonly testSteps = this.RULE("testSteps", () => {
    this.MANY(() => {
      this.SUBRULE(this.testStep);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
  });

  readonly testStep = this.RULE("testStep", () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.At);
            this.SUBRULE(this.sum);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Candidate);
            this.CONSUME(t.Identifier, { LABEL: "name" });
            this.OPTION(() => {
              this.CONSUME(t.Like);
              this.CONSUME2(t.Identifier, { LABEL: "like" });
            });
            this.SUBRULE(this.record);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.declarationTokens.request);
            this.SUBRULE2(this.record);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Expect);
            this.SUBRULE(this.expression);
          },
        },
      ],
      ERR_MSG: "`at`, `request`, `candidate` or `expect`",
    });
  });

  // ----------------------------------------------------------------------------------------------------------- types

  readonly type = this.RULE("type", () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Probability);
            this.CONSUME(t.LParen);
            this.SUBRULE(this.event);
            this.OPTION(() => {
              this.CONSUME(t.Bar);
              this.SUBRULE2(this.event, { LABEL: "given" });
            });
            this.CONSUME(t.RParen);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Expectation);
            this.CONSUME2(t.LParen);
            this.CONSUME(t.Identifier, { LABEL: "label" });
            this.OPTION2(() => {
              this.CONSUME2(t.Bar);
              this.SUBRULE3(this.event, { LABEL: "given" });
            });
            this.CONSUME2(t.RParen);
          },
        },
        { ALT: () => this.CONSUME(t.Score) },
        {
          ALT: () => {
            this.CONSUME(t.NumberWord);
            this.OPTION3(() => {
              this.CONSUME3(t.LParen);
              this.CONSUME2(t.Identifier, { LABEL: "unit" });
              this.CONSUME3(t.RParen);
            });
            this.OPTION4(() => this.CONSUME(t.Question));
            this.OPTION5({
              // The next entry may be called `in`.
              GATE: () => this.LA(2).tokenType !== t.Colon,
              DEF: () => this.SUBRULE(this.range),
            });
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.Vector);
            this.CONSUME4(t.LParen);
            this.SUBRULE(this.sum, { LABEL: "width" });
            this.CONSUME4(t.RParen);
            this.OPTION7(() => this.CONSUME3(t.Question));
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.SimpleTypeKeyword, { LABEL: "simple" });
            this.OPTION6(() => this.CONSUME2(t.Question));
          },
        },
      ],
      ERR_MSG: "a type",
    });
  });

  readonly range = this.RULE("range", () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.In);
            this.CONSUME(t.LBracket);
            this.SUBRULE(this.sum, { LABEL: "low" });
            this.CONSUME(t.Comma);
            this.SUBRULE2(this.sum, { LABEL: "high" });
            this.CONSUME(t.RBracket);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.BoundOperator, { LABEL: "operator" });
            this.SUBRULE3(this.sum, { LABEL: "bound" });
          },
        },
      ],
      ERR_MSG: "a range such as `in [0, 1]` or `>= 0`",
    });
  });

  readonly event = this.RULE("event", () => {
    this.SUBRULE(this.eventTerm);
    this.MANY(() => {
      this.CONSUME(t.Ampersand);
      this.SUBRULE2(this.eventTerm);
    });
  });

  readonly eventTerm = this.RULE("eventTerm", () => {
    this.MANY(() => this.CONSUME(t.Not));
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Identifier);
            this.OPTION(() => this.SUBRULE(this.memberName));
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LParen);
            this.SUBRULE(this.event);
            this.CONSUME(t.RParen);
          },
        },
      ],
      ERR_MSG: "the name of a label",
    });
  });

  // ----------------------------------------------------------------------------------------------------- expressions

  readonly expression = this.RULE("expression", () => {
    this.SUBRULE(this.comparison);
    this.MANY(() => {
      this.CONSUME(t.LogicalOperator, { LABEL: "operator" });
      this.SUBRULE2(this.comparison);
    });
  });

  readonly comparison = this.RULE("comparison", () => {
    this.MANY(() => this.CONSUME(t.Not));
    this.SUBRULE(this.sum);
    this.MANY2({
      GATE: () => !this.inBelongsElsewhere(),
      DEF: () => {
        this.CONSUME(t.ComparisonOperator, { LABEL: "operator" });
        this.SUBRULE2(this.sum);
      },
    });
  });

  /** `in` that opens a rule's window (`in 5`, `in top 20`) or is the key of the next entry, not an operator. */
  private inBelongsElsewhere(): boolean {
    if (this.LA(1).tokenType !== t.In) return false;
    const next = this.LA(2).tokenType;
    return next === t.Colon || next === t.NumberToken || this.topFollows();
  }

  /** Arithmetic: a flat list of operands and operators. */
  readonly sum = this.RULE("sum", () => {
    this.SUBRULE(this.operand);
    this.MANY(() => {
      this.CONSUME(t.ArithmeticOperator, { LABEL: "operator" });
      this.SUBRULE2(this.operand);
    });
  });

  readonly operand = this.RULE("operand", () => {
    this.MANY(() => this.CONSUME(t.Minus));
    this.OR({
      DEF: [
        { GATE: () => this.searchFollows(), ALT: () => this.SUBRULE(this.search) },
        {
          ALT: () => {
            this.CONSUME(t.Identifier, { LABEL: "name" });
            this.OPTION(() => this.SUBRULE(this.callArguments));
          },
        },
        { ALT: () => this.CONSUME(t.NumberToken) },
        { ALT: () => this.CONSUME(t.StringToken) },
        { ALT: () => this.CONSUME(t.DateToken) },
        { ALT: () => this.CONSUME(t.True) },
        { ALT: () => this.CONSUME(t.False) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.record) },
        {
          ALT: () => {
            this.CONSUME(t.LParen);
            this.SUBRULE(this.expression);
            this.CONSUME(t.RParen);
          },
        },
      ],
      ERR_MSG: "an expression",
      // A name may be `search`.
      IGNORE_AMBIGUITIES: true,
    });
    this.MANY2(() => this.SUBRULE(this.memberName));
  });

  /** `search [16, 32, 64] = 32`, `search 1e-4..1e-2 log`. */
  readonly search = this.RULE("search", () => {
    this.CONSUME(t.Search);
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.list, { LABEL: "choices" }) },
        {
          ALT: () => {
            this.SUBRULE(this.searchBound, { LABEL: "low" });
            this.CONSUME(t.DotDot);
            this.SUBRULE2(this.searchBound, { LABEL: "high" });
            this.OPTION({
              // The next entry may be called `log`.
              GATE: () => this.LA(1).image === "log" && this.LA(2).tokenType !== t.Colon,
              DEF: () => this.CONSUME(t.Identifier, { LABEL: "scale" }),
            });
          },
        },
      ],
      ERR_MSG: "`[` with choices, or a range such as `1e-4..1e-2`",
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.operand, { LABEL: "default" });
    });
  });

  readonly searchBound = this.RULE("searchBound", () => {
    this.OPTION(() => this.CONSUME(t.Minus));
    this.CONSUME(t.NumberToken);
  });

  /** Whether `search` says what to choose from and is not a name. */
  private searchFollows(): boolean {
    if (this.LA(1).tokenType !== t.Search) return false;
    const next = this.LA(2).tokenType;
    if (next === t.LBracket || next === t.NumberToken) return true;
    return next === t.Minus && this.LA(3).tokenType === t.NumberToken && this.LA(4).tokenType === t.DotDot;
  }

  /** `.like`, or `.4` of classes that are numbers. */
  readonly memberName = this.RULE("memberName", () => {
    this.CONSUME(t.Dot);
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.Identifier, { LABEL: "name" }) },
        { ALT: () => this.CONSUME(t.NumberToken, { LABEL: "name" }) },
      ],
      ERR_MSG: "a name",
    });
  });

  readonly callArguments = this.RULE("callArguments", () => {
    this.CONSUME(t.LParen);
    this.MANY(() => {
      this.SUBRULE(this.argument);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RParen);
  });

  readonly argument = this.RULE("argument", () => {
    this.OPTION({
      GATE: () => this.LA(2).tokenType === t.Colon,
      DEF: () => {
        this.CONSUME(t.Identifier);
        this.CONSUME(t.Colon);
      },
    });
    this.SUBRULE(this.item);
  });

  /** An expression, or several in its place: `n_1 .. n_63`, `features but position`, `each linear(n_1 .. n_63, 4)`. */
  readonly item = this.RULE("item", () => {
    this.OPTION3({
      // A name may be `each`.
      GATE: () => tokenMatcher(this.LA(2), t.Identifier) && this.LA(2).tokenType !== t.But,
      DEF: () => this.CONSUME(t.Each),
    });
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(t.DotDot);
      this.SUBRULE2(this.expression, { LABEL: "last" });
    });
    this.OPTION2({
      // A name may be `but`.
      GATE: () => startsOperand.has(this.LA(2).tokenType) || tokenMatcher(this.LA(2), t.Identifier),
      DEF: () => {
        this.CONSUME(t.But);
        this.SUBRULE3(this.expression, { LABEL: "without" });
      },
    });
  });

  readonly list = this.RULE("list", () => {
    this.CONSUME(t.LBracket);
    this.MANY(() => {
      this.SUBRULE(this.item);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RBracket);
  });

  readonly record = this.RULE("record", () => {
    this.CONSUME(t.LCurly);
    this.SUBRULE(this.entries);
    this.CONSUME(t.RCurly);
  });
}

/** Token types that begin a clause of a rule. */
const clauseWords: ReadonlySet<string> = new Set(
  [t.When, t.By, t.During, t.At, t.Of, t.In, t.Top, t.Per].map((type) => type.name),
);

/** Token types beside names that begin what `but` leaves out. */
const startsOperand: ReadonlySet<unknown> = new Set([t.LBracket]);

function startsCount(name: string): boolean {
  return name === t.NumberToken.name || name === t.Identifier.name;
}

export { tokenMatcher, type CstNode };
