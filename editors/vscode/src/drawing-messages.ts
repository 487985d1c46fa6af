/** What the extension and the page of the drawing say to each other. */
import type { DrawingAnswer, DrawingParams } from "../../../src/server/protocol.js";

export type ToView =
  | { readonly kind: "show"; readonly spec: string; readonly answer: DrawingAnswer }
  /** The card under the cursor; undefined where the cursor is on none. */
  | { readonly kind: "mark"; readonly card: string | undefined };

export type Direction = NonNullable<DrawingParams["direction"]>;

export type FromView =
  /** The page is there, or its shape asks for another direction. */
  { readonly kind: "draw"; readonly direction: Direction } | { readonly kind: "open"; readonly card: string };
