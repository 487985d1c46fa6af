/** Which call a cursor is in, and what its brackets are in. */
import type { TokenView } from "../../compiler/syntax/index.js";
import type { Cursor, Frame } from "../analysis/cursor.js";
import { signatureOf, slotOfArgument, type Macros, type Signature } from "../language/signatures.js";
import { anySlot, entrySlot, itemSlot, numberSlot, valueSlot, type Slot } from "../language/slots.js";

/** The slot that the outermost bracket of a declaration without a block is in. */
export function rootSlot(head: string, top: readonly TokenView[], outer: Frame): Slot {
  const before = top.filter(({ span }) => span.start < outer.open).map(({ text }) => text);
  if (head === "gate" && before.includes("over")) return { kind: "mixed" };
  if (before.includes("=")) return head === "def" ? { kind: "tensor" } : valueSlot(head);
  if (head === "experts") return numberSlot;
  return anySlot;
}

/** What is called; a task and a logit may hold layers, too. */
export function signatureIn(slot: Slot, callee: string, macros: Macros): Signature | undefined {
  const found = signatureOf(slot, callee, macros);
  if (found !== undefined || (slot.kind !== "task" && slot.kind !== "logit")) return found;
  return signatureOf({ kind: "tensor" }, callee, macros);
}

/** The innermost call around the cursor, with the argument that it is in. */
export function callAround(
  { top, frames }: Cursor,
  macros: Macros,
): { readonly signature: Signature; readonly frame: Frame } | undefined {
  const head = top[0]?.text ?? "";
  const [outer] = frames;
  if (outer === undefined) return undefined;
  let slot = outer.kind === "block" ? blockSlot(head, outer) : rootSlot(head, top, outer);
  let found: { readonly signature: Signature; readonly frame: Frame } | undefined;
  for (const frame of outer.kind === "block" ? frames.slice(1) : frames) {
    if (frame.kind !== "call") {
      slot = frame.kind === "record" ? anySlot : itemSlot(slot);
      continue;
    }
    const signature = signatureIn(slot, frame.callee, macros);
    found = signature === undefined ? undefined : { signature, frame };
    slot = slotOfArgument(signature, { name: frame.key, index: frame.index, named: frame.keys });
  }
  return found;
}

function blockSlot(head: string, { key, words: inner }: Frame): Slot {
  if (head === "rules") return { kind: "formula", test: false };
  if (head === "test") return { kind: "formula", test: true };
  if ((head === "features" || head === "labels") && inner.some(({ text }) => text === "=")) return { kind: "columns" };
  if (head === "features") return { kind: "featureType" };
  return entrySlot(head, key ?? "");
}
