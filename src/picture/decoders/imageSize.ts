/**
 * Refuses pictures that are too large before they take memory: a small file can hold gigabytes of
 * pixels, and a canvas that was too large once stays black.
 */
import { MAX_FRAME_PIXELS, type ImageMimetype } from "../../protocol/messages";

/** A size in pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The size that an image file states.
 *
 * @returns undefined for a broken file, which no browser decodes
 */
export function imageSize(mimetype: ImageMimetype, bytes: Uint8Array): ImageSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (mimetype) {
      case "image/png":
        return { width: view.getUint32(16), height: view.getUint32(20) };
      case "image/jpeg":
        return jpegSize(view);
      case "image/webp":
        return webpSize(view);
    }
  } catch {
    // The file ends before its size.
    return undefined;
  }
}

/**
 * Checks the area of a picture, before memory is taken for it.
 *
 * @throws RangeError when it is too large.
 */
export function expectShowable({ width, height }: ImageSize): void {
  if (width * height <= MAX_FRAME_PIXELS) return;
  throw new RangeError(
    `Cannot show a picture: expected at most ${MAX_FRAME_PIXELS} pixels, got ${width} x ${height}`,
  );
}

/**
 * Finds the frame header: the marker SOF0..SOF15, without the three that are something else.
 *
 * @see ITU-T T.81, table B.1
 */
function jpegSize(view: DataView): ImageSize | undefined {
  let at = 2;
  for (;;) {
    // Any number of fill bytes may come before a marker.
    while (view.getUint8(at) === 0xff && view.getUint8(at + 1) === 0xff) at += 1;
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
}

/** @see WebP container specification; RFC 6386, section 9.1 for lossy files */
function webpSize(view: DataView): ImageSize | undefined {
  switch (String.fromCharCode(...[12, 13, 14, 15].map((at) => view.getUint8(at)))) {
    case "VP8X": {
      // Three bytes each.
      const width = (view.getUint32(24, true) & 0xffffff) + 1;
      return { width, height: (view.getUint32(26, true) >>> 8) + 1 };
    }
    case "VP8L": {
      // 14 bits each, after one byte of signature.
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8 ":
      return {
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    default:
      return undefined;
  }
}
