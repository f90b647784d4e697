/**
 * Bytes for each function call. Browsers limit the arguments of a call to some tens of thousands.
 */
const PIECE = 8192;

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}
