/** Bytes that came as text. */

/**
 * The bytes of a base64 text. Does not use fetch(), which a page's content security policy may
 * forbid.
 *
 * @throws DOMException InvalidCharacterError when it isn't base64.
 */
export function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
