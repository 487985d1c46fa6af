/** The model's drawing beside the text: it follows the cursor, and a click on a card goes to its declaration. */
import {
  commands,
  Disposable,
  Range,
  Uri,
  ViewColumn,
  window,
  workspace,
  type ExtensionContext,
  type TextDocument,
  type TextEditor,
  type WebviewPanel,
} from "vscode";
import {
  cardRequest,
  drawingRequest,
  type CardParams,
  type DrawingAnswer,
  type DrawingParams,
} from "../../../src/server/protocol.js";
import type { Direction, FromView, ToView } from "./drawing-messages.js";
import type { Session } from "./session.js";

/** Milliseconds without a key stroke after which the drawing is made again. */
const quiet = 250;

type Locations = Extract<DrawingAnswer, { kind: "drawing" }>["locations"];

/** Registers the command that shows the drawing of the spec in the editor. */
export function registerDrawing(context: ExtensionContext, session: Session): Disposable {
  let shown: Disposable | undefined;
  const show = (): void => {
    const document = window.activeTextEditor?.document;
    if (document?.languageId !== "mtl") {
      void window.showInformationMessage("Open a spec to see its drawing.");
      return;
    }
    shown?.dispose();
    const panel = window.createWebviewPanel(
      "mtl.drawing",
      "Drawing",
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      {
        enableScripts: true,
        retainContextWhenHidden: true,
        localResourceRoots: [Uri.joinPath(context.extensionUri, "dist")],
      },
    );
    shown = showDrawing(panel, document, context, session);
  };
  return Disposable.from(commands.registerCommand("mtl.showDrawing", show), { dispose: () => shown?.dispose() });
}

/** Fills a panel and keeps it true until it is closed. */
function showDrawing(
  panel: WebviewPanel,
  first: TextDocument,
  context: ExtensionContext,
  session: Session,
): Disposable {
  let document = first;
  let locations: Locations = {};
  let direction: Direction | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const post = (message: ToView): void => void panel.webview.postMessage(message);

  const draw = async (): Promise<void> => {
    const [asked, shape] = [document, direction];
    // The page says its shape once it is there.
    if (shape === undefined) return;
    const params: DrawingParams = { uri: asked.uri.toString(), direction: shape };
    const answer = await session.client()?.sendRequest<DrawingAnswer>(drawingRequest, params);
    if (answer === undefined || asked !== document || shape !== direction) return;
    if (answer.kind === "drawing") {
      ({ locations } = answer);
      panel.title = `Drawing of ${answer.title}`;
    }
    post({ kind: "show", spec: params.uri, answer });
    await follow(window.activeTextEditor);
  };
  const drawSoon = (delay: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void draw(), delay);
  };
  const follow = async (editor: TextEditor | undefined): Promise<void> => {
    if (editor === undefined || editor.document !== document) return;
    const params: CardParams = { uri: document.uri.toString(), position: editor.selection.active };
    const card = await session.client()?.sendRequest<string | null>(cardRequest, params);
    if (editor.document === document) post({ kind: "mark", card: card ?? undefined });
  };
  const open = async (card: string): Promise<void> => {
    const location = locations[card];
    if (location === undefined) return;
    const { start, end } = location.range;
    const selection = new Range(start.line, start.character, end.line, end.character);
    const target = await workspace.openTextDocument(Uri.parse(location.uri));
    const column = window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn;
    await window.showTextDocument(target, { selection, viewColumn: column ?? ViewColumn.One });
  };

  panel.webview.html = page(panel, context);
  const disposables = [
    panel.webview.onDidReceiveMessage((message: FromView) => {
      if (message.kind === "open") void open(message.card);
      else {
        ({ direction } = message);
        drawSoon(0);
      }
    }),
    window.onDidChangeTextEditorSelection(({ textEditor }) => void follow(textEditor)),
    window.onDidChangeActiveTextEditor((editor) => {
      if (editor?.document.languageId !== "mtl") return;
      if (editor.document === document) void follow(editor);
      else {
        document = editor.document;
        drawSoon(0);
      }
    }),
    // A change of an imported file changes the drawing too.
    workspace.onDidChangeTextDocument(({ document: changed }) => {
      if (changed.languageId === "mtl") drawSoon(quiet);
    }),
  ];
  panel.onDidDispose(() => {
    clearTimeout(timer);
    for (const each of disposables) each.dispose();
  });
  return panel;
}

function page({ webview }: WebviewPanel, { extensionUri }: ExtensionContext): string {
  const script = webview.asWebviewUri(Uri.joinPath(extensionUri, "dist", "drawing-view.js")).toString();
  const style = webview.asWebviewUri(Uri.joinPath(extensionUri, "dist", "drawing.css")).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource} 'unsafe-inline'; script-src ${webview.cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${style}">
<title>Drawing</title>
</head>
<body>
<p id="note" role="status" hidden></p>
<div id="stage" tabindex="0"></div>
<div id="zoom">
<button id="out" title="Smaller" aria-label="Smaller">−</button>
<button id="fit" title="Fit to the page" aria-label="Fit to the page">fit</button>
<button id="in" title="Larger" aria-label="Larger">+</button>
</div>
<script src="${script}"></script>
</body>
</html>`;
}
