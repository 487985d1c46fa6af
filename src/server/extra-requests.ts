/** Requests about tests and drawings: code lenses, the command that runs tests, and what the protocol has no word for. */
import { MessageType, ShowMessageNotification, type Location } from "vscode-languageserver";
import { readStd } from "../compiler/std/index.js";
import { toOffset, toRange } from "./positions.js";
import { cardAt, drawingOf } from "./features/drawing.js";
import { lensesOf } from "./features/tests.js";
import {
  cardRequest,
  drawingRequest,
  runTestsCommand,
  stdTextRequest,
  type CardParams,
  type DrawingAnswer,
  type DrawingParams,
} from "./protocol.js";
import { analysisOf, guard, sendQuietly, type Session } from "./session.js";

/** `onRun` is told that tests ran. */
export function answerExtraRequests(session: Session, onRun: () => void): void {
  const { connection, tests, pathOf } = session;
  connection.onCodeLens(({ textDocument: { uri } }) =>
    guard(session, "lenses", null, () => {
      const analysis = analysisOf(session, uri);
      return analysis === undefined ? null : lensesOf(analysis, uri, tests.of(analysis.path));
    }),
  );
  connection.onExecuteCommand(({ command, arguments: given = [] }) =>
    guard(session, "command", null, () => {
      const [uri, title] = given as readonly unknown[];
      if (command !== runTestsCommand || typeof uri !== "string") return null;
      const analysis = analysisOf(session, uri);
      if (analysis === undefined) return null;
      if (analysis.compilation.model === undefined) {
        const message = "The tests cannot run: the spec has errors.";
        sendQuietly(connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message }));
        return null;
      }
      tests.run(analysis, typeof title === "string" ? title : undefined);
      onRun();
      return null;
    }),
  );
  connection.onRequest<DrawingAnswer, void>(drawingRequest, (params: DrawingParams) =>
    guard<DrawingAnswer>(session, "drawing", { kind: "none", reason: "There is nothing to draw." }, () =>
      answerDrawing(session, params),
    ),
  );
  connection.onRequest(cardRequest, ({ uri, position }: CardParams) =>
    guard(session, "card", null, () => {
      const analysis = analysisOf(session, uri);
      return analysis === undefined ? null : (cardAt(analysis, toOffset(analysis.source, position)) ?? null);
    }),
  );
  connection.onRequest(stdTextRequest, (uri: string) => readStd(pathOf(uri)) ?? null);
}

function answerDrawing(session: Session, { uri, direction = "right" }: DrawingParams): DrawingAnswer {
  const analysis = analysisOf(session, uri);
  if (analysis === undefined) return { kind: "none", reason: "This file cannot be read." };
  const { compilation } = analysis;
  const drawing = drawingOf(compilation);
  if (drawing === undefined) {
    const count = compilation.diagnostics.filter(({ severity }) => severity === "error").length;
    const reason =
      count === 0
        ? "This file declares no model. Open a spec that imports it."
        : `The spec has ${count === 1 ? "an error" : `${count} errors`}.`;
    return { kind: "none", reason };
  }
  const locations = Object.fromEntries(
    [...drawing.declarations].flatMap(([id, span]): readonly (readonly [string, Location])[] => {
      const source = compilation.sources.get(span.file);
      return source === undefined ? [] : [[id, { uri: session.uriOf(span.file), range: toRange(source, span) }]];
    }),
  );
  return { kind: "drawing", title: drawing.title, svg: drawing.svg(direction), locations };
}
