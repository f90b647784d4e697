// This folder has the types of no runtime; all have these functions.
declare const btoa: (binary: string) => string;
declare const atob: (text: string) => string;

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

/**
 * The bytes of a base64 text. Does not use fetch(), which a page's content security policy may
 * forbid.
 *
 * @throws DOMException InvalidCharacterError when it isn't base64.
 */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
