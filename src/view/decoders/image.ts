/** Decodes JPEG and PNG frames by the browser's own decoders. */
import type { FrameMessage } from "../../protocol/messages";

/**
 * Decodes a frame into a bitmap whose pixels are the file's own: no colour profile is applied, so that a lossless frame shows
 * exactly what was drawn.
 *
 * @param frame - Its media type, and its bytes as a data URL where there are no `bytes`.
 * @throws DOMException InvalidStateError when the bytes are no such picture.
 */
export function decodeImage(
  frame: FrameMessage,
  bytes: Uint8Array | undefined,
): Promise<ImageBitmap> {
  const content = bytes ?? bytesOfDataUrl(frame.data_b64 ?? "");
  // A copy of the view, as a Blob takes it: the buffer may hold other frames too.
  const blob = new Blob([new Uint8Array(content)], { type: frame.mimetype });
  // "premultiply" is what a canvas stores, so that painting converts nothing.
  return createImageBitmap(blob, {
    colorSpaceConversion: "none",
    premultiplyAlpha: "premultiply",
  });
}

/** The bytes of a base64 data URL. Not by fetch, which a page's content security policy may forbid. */
function bytesOfDataUrl(url: string): Uint8Array {
  const text = atob(url.slice(url.indexOf(",") + 1));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
