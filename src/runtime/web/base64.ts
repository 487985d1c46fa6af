/** The bytes of some texts in base 64, one after the other. Every text but the last stands for a multiple of three bytes. */
export function bytesOf(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const size = texts.reduce((sum, text) => sum + decodedSize(text), 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const text of texts) {
    const part = atob(text);
    for (let i = 0; i < part.length; i++) bytes[at++] = part.charCodeAt(i);
  }
  return bytes;
}

function decodedSize(text: string): number {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}
