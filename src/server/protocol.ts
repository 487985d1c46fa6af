/** What the server says beyond the protocol, to editors that ask for it. */
import type { Location, Position } from "vscode-languageserver";

/** `workspace/executeCommand`: runs the tests of a file, or those of one title. Arguments: the file's URI, the title. */
export const runTestsCommand = "mtl.runTests";

/** From an editor: {@link DrawingParams} → {@link DrawingAnswer}. */
export const drawingRequest = "mtl/drawing";

export interface DrawingParams {
  readonly uri: string;
  /** Where what reads a card is drawn; to its right unless given. `down` fits a page that is higher than wide. */
  readonly direction?: "right" | "down";
}

export type DrawingAnswer =
  | {
      readonly kind: "drawing";
      readonly title: string;
      /** One SVG document whose cards say their ids in `data-card`, edges those of their ends in `data-from`, `data-to`. */
      readonly svg: string;
      /** Where each card is declared, by its id. */
      readonly locations: Readonly<Record<string, Location>>;
    }
  /** There is nothing to draw, and why: a sentence. */
  | { readonly kind: "none"; readonly reason: string };

/** From an editor: {@link CardParams} → the id of the card that a cursor is on, or null. */
export const cardRequest = "mtl/card";

export interface CardParams {
  readonly uri: string;
  readonly position: Position;
}

/** From an editor in a browser: a URI of the standard library → its text, or null. */
export const stdTextRequest = "mtl/stdText";

/** To an editor in a browser: nothing → the URIs of all specs of its folders. */
export const specsRequest = "mtl/specs";

/** To an editor in a browser: the URI of a file → its text, or null where it cannot be read. */
export const readRequest = "mtl/read";
