import { tokenMatcher, type IToken } from "chevrotain";
import * as t from "../tokens.js";

/** Brackets may nest this deep. */
export const bracketLimit = 64;
/** Brackets and operators together: no path from a declaration down its tree is longer by more than a constant factor. */
export const depthLimit = 512;

/** The first place that nests too deep. */
export interface NestingFault {
  readonly token: IToken;
  readonly what: "brackets" | "brackets and operators";
  readonly limit: number;
}

/**
 * Bounds the depth of the tree that tokens will give, before anything recurses over it: the open brackets, and for each
 * the operators of the expression that is under way in it. One pass, no recursion.
 */
export function findNestingFault(tokens: readonly IToken[]): NestingFault | undefined {
  const levels: number[] = [0];
  let total = 0;
  let afterOperand = false;
  for (const token of tokens) {
    const type = token.tokenType;
    const top = levels.length - 1;
    const startNextExpression = (): void => {
      total -= levels[top] ?? 0;
      levels[top] = 0;
    };
    if (isOpening(token)) {
      levels.push(0);
      total++;
      if (levels.length - 1 > bracketLimit) return { token, what: "brackets", limit: bracketLimit };
    } else if (isClosing(token)) {
      startNextExpression();
      if (top > 0) {
        levels.pop();
        total--;
      }
    } else if (type === t.Comma || type === t.Colon || type === t.Equals) {
      startNextExpression();
    } else if (isOperator(token)) {
      levels[top] = (levels[top] ?? 0) + 1;
      total++;
    } else if (afterOperand) {
      // Two operands side by side: the second one begins another expression.
      startNextExpression();
    }
    if (total > depthLimit) return { token, what: "brackets and operators", limit: depthLimit };
    afterOperand = endsOperand(token);
  }
  return undefined;
}

export function isOpening(token: IToken): boolean {
  return token.tokenType === t.LParen || token.tokenType === t.LBracket || token.tokenType === t.LCurly;
}

export function isClosing(token: IToken): boolean {
  return token.tokenType === t.RParen || token.tokenType === t.RBracket || token.tokenType === t.RCurly;
}

function isOperator(token: IToken): boolean {
  const type = token.tokenType;
  return (
    type === t.Dot ||
    type === t.Not ||
    type === t.Ampersand ||
    type === t.Bar ||
    tokenMatcher(token, t.ArithmeticOperator) ||
    tokenMatcher(token, t.ComparisonOperator) ||
    tokenMatcher(token, t.LogicalOperator)
  );
}

/** Whether an expression can end with the token. */
export function endsOperand(token: IToken): boolean {
  const type = token.tokenType;
  return (
    (tokenMatcher(token, t.Identifier) && type !== t.In) ||
    tokenMatcher(token, t.StringToken) ||
    type === t.NumberToken ||
    type === t.DateToken ||
    type === t.True ||
    type === t.False ||
    type === t.Question ||
    isClosing(token)
  );
}
