/** Decodes image files with the browser's decoders. */
import { bytesOfBase64 } from "../../protocol/base64";
import type { ImageFrameMessage, ImageMimetype, PatchFrameMessage } from "../../protocol/messages";
import type { Painting } from "../painting";
import { hasColorProfile } from "./colorProfile";
import { expectShowable, imageSize, type ImageSize } from "./imageSize";

/**
 * Decodes a whole picture. It is scaled when the frame states a size.
 *
 * @param bytes - The image file; undefined when the frame holds it as a data URL.
 * @throws DOMException InvalidStateError when the bytes are not an image that the browser can
 *   decode.
 * @throws RangeError (as a rejection) when the picture is too large.
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
 * Decodes all patches of a frame concurrently.
 *
 * @param buffers - One image file for each patch.
 * @throws DOMException InvalidStateError when a file is broken.
 * @throws RangeError when a file does not have the size of its patch.
 */
export async function decodePatches(
  { mimetype, patches }: PatchFrameMessage,
  buffers: readonly Uint8Array[],
): Promise<Painting> {
  const results = await Promise.allSettled(
    patches.map(([, , width, height], at) =>
      decodeSized(mimetype, { width, height }, buffers[at] ?? new Uint8Array(), "a patch"),
    ),
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

/**
 * Decodes an image file of a known size.
 *
 * @param what - names the picture in the error
 * @throws DOMException InvalidStateError when the file is broken.
 * @throws RangeError when the file has another size.
 */
export async function decodeSized(
  mimetype: ImageMimetype,
  { width, height }: ImageSize,
  bytes: Uint8Array,
  what: string,
): Promise<ImageBitmap> {
  const sizeError = (got: ImageSize): RangeError =>
    new RangeError(
      `Cannot show ${what}: expected ${width} x ${height} pixels, got ${got.width} x ${got.height}`,
    );
  const fits = (size: ImageSize): boolean => size.width === width && size.height === height;
  // Checked before it is decoded, since a small file can hold far more pixels.
  const stated = imageSize(mimetype, bytes);
  if (stated !== undefined && !fits(stated)) throw sizeError(stated);
  const image = await decodeFile(mimetype, bytes);
  if (fits(image)) return image;
  const error = sizeError(image);
  image.close();
  throw error;
}

/**
 * Decodes a file without applying its colour profile, so that a lossless frame shows exactly the
 * pixels that were drawn.
 *
 * @throws RangeError (as a rejection) when the picture is too large.
 */
async function decodeFile(mimetype: ImageMimetype, bytes: Uint8Array): Promise<ImageBitmap> {
  const size = imageSize(mimetype, bytes);
  if (size !== undefined) expectShowable(size);
  // The cast is safe, since a message's buffers are never SharedArrayBuffers. Blob copies only the
  // part that the array covers.
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mimetype });
  // Set only when needed: it makes Chromium process all pixels again on the main thread (8 ms for
  // 1280 x 720).
  if (!hasColorProfile(mimetype, bytes)) return createImageBitmap(blob);
  return createImageBitmap(blob, { colorSpaceConversion: "none" });
}

function bytesOfDataUrl(url: string): Uint8Array {
  return bytesOfBase64(url.slice(url.indexOf(",") + 1));
}
