// This folder has the types of no runtime; all have this function.
declare const btoa: (binary: string) => string;

/** Bytes for each call. Engines limit the arguments of a call to some tens of thousands. */
const BYTES_PER_CALL = 8192;

/** Bytes as base64, in plain JavaScript. A runtime with something faster uses that. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += BYTES_PER_CALL) {
    binary += String.fromCharCode(...bytes.subarray(at, at + BYTES_PER_CALL));
  }
  return btoa(binary);
}
