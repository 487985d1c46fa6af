/** The part of the WebAssembly interface that is used, which the types of Node leave to those of browsers. */

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB. Views of the memory before are empty from then on. */
  readonly grow: (pages: number) => number;
}

interface WasmInstance {
  readonly exports: Readonly<Record<string, () => void>>;
}

interface WasmInterface {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: Readonly<Record<string, object>>) => WasmInstance;
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
}

declare const WebAssembly: WasmInterface | undefined;

export type { WasmInstance, WasmMemory };

/** WebAssembly; undefined where this process has none. */
export const webAssembly: WasmInterface | undefined = typeof WebAssembly === "undefined" ? undefined : WebAssembly;
