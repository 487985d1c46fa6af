import { type IParserErrorMessageProvider } from "chevrotain";

/**
 * What Chevrotain calls an error message is, here, the phrase for what was expected there ("a name", "`=`");
 * {@link reportParseError} makes the sentence around it.
 */
export const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNotAllInputParsedMessage: () => "",
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? "something else",
  buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? "something more",
};
