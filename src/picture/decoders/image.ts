/** Decodes image files by the browser's own decoders. */
import type {
  ImageFrameMessage,
  ImageMimetype,
  PatchFrameMessage,
  PatchRect,
} from "../../protocol/messages";
import type { Painting } from "../painting";
import { hasColorProfile } from "./colorProfile";

/**
 * Decodes a whole picture. It is scaled up where the frame names a size of its own.
 *
 * @param frame - Its media type, and its bytes as a data URL where there are no `bytes`.
 * @throws DOMException InvalidStateError when the bytes are no such picture.
 */
export async function decodeImage(
  frame: ImageFrameMessage,
  bytes: Uint8Array | undefined,
): Promise<Painting> {
  const image = await decodeFile(frame.mimetype, bytes ?? bytesOfDataUrl(frame.data_b64 ?? ""));
  const width = frame.width ?? image.width;
  const height = frame.height ?? image.height;
  return {
    size: { width, height },
    parts: [{ image, source: [0, 0, image.width, image.height], target: [0, 0, width, height] }],
    close: () => image.close(),
  };
}

/**
 * Decodes patches, all at once.
 *
 * @param buffers - One image file for each patch.
 * @throws DOMException InvalidStateError when one is broken.
 * @throws RangeError when one is not of its patch's size.
 */
export async function decodePatches(
  { mimetype, patches }: PatchFrameMessage,
  buffers: readonly Uint8Array[],
): Promise<Painting> {
  const results = await Promise.allSettled(
    patches.map((rect, at) => decodePatch(mimetype, rect, buffers[at] ?? new Uint8Array())),
  );
  const images = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const close = (): void => images.forEach((image) => image.close());
  const broken = results.find((result) => result.status === "rejected");
  if (broken !== undefined) {
    close();
    throw broken.reason;
  }
  return {
    size: undefined,
    parts: patches.map((target, at) => ({
      image: images[at] as ImageBitmap,
      source: [0, 0, target[2], target[3]],
      target,
    })),
    close,
  };
}

async function decodePatch(
  mimetype: ImageMimetype,
  [, , width, height]: PatchRect,
  bytes: Uint8Array,
): Promise<ImageBitmap> {
  const image = await decodeFile(mimetype, bytes);
  if (image.width === width && image.height === height) return image;
  const got = `${image.width} x ${image.height}`;
  image.close();
  throw new RangeError(`Cannot show a patch: expected ${width} x ${height} pixels, got ${got}`);
}

/**
 * Decodes a file into a bitmap whose pixels are the file's own: no colour profile is applied, so that a lossless frame shows
 * exactly what was drawn.
 */
function decodeFile(mimetype: ImageMimetype, bytes: Uint8Array): Promise<ImageBitmap> {
  // The blob copies the view's part of its buffer, which may hold other frames too. The buffers of a message are never shared.
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mimetype });
  // Only where it matters: it makes Chromium go through all pixels once more on the page's main thread (1280 x 720: 8 ms).
  if (!hasColorProfile(mimetype, bytes)) return createImageBitmap(blob);
  return createImageBitmap(blob, { colorSpaceConversion: "none" });
}

/** The bytes of a base64 data URL. Not by fetch, which a page's content security policy may forbid. */
function bytesOfDataUrl(url: string): Uint8Array {
  const text = atob(url.slice(url.indexOf(",") + 1));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
