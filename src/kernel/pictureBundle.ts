/** Pictures in a cell's output, which are saved with the notebook. */
import { randomUUID } from "node:crypto";
import { encodePngSync, scaleFrame, type RawFrame } from "../framebuffer/node";
import { encodeKept } from "../protocol/keptPicture";
import { DETAILS, getKernel, type MimeBundle } from "../widgets";

/** A logical size, in CSS pixels. */
interface LogicalSize {
  readonly width: number;
  readonly height: number;
}

/** Returns a bundle that shows a PNG at its logical size. */
export function pictureBundle(png: Uint8Array, { width, height }: LogicalSize): MimeBundle {
  return { "image/png": png, [DETAILS]: { metadata: { "image/png": { width, height } } } };
}

/** A live view's first picture. */
interface FirstPicture {
  /** Returns the frame, or a Promise of it. */
  readonly draw: () => RawFrame | Promise<RawFrame>;
  /** Returns the logical size. Called once the frame is drawn. */
  readonly size: () => LogicalSize;
  /** Whether the bundle is still shown. */
  readonly isShown: () => boolean;
  /** Reports why there is no picture. */
  readonly reportError: (error: unknown) => void;
}

/**
 * Adds the picture to the bundle of a live view: for front ends without widgets, and for readers of
 * the saved notebook. If the frame takes time, the bundle is replaced later.
 */
export function withFirstPicture(
  bundle: MimeBundle,
  { draw, size, isShown, reportError }: FirstPicture,
): MimeBundle {
  const complete = (frame: RawFrame): MimeBundle => ({
    ...bundle,
    ...pictureBundle(keptPng(frame), size()),
  });
  let frame: RawFrame | Promise<RawFrame>;
  try {
    frame = draw();
    if (!(frame instanceof Promise)) return complete(frame);
  } catch (error) {
    reportError(error);
    return bundle;
  }
  const displayId = randomUUID();
  frame
    .then((drawn) => {
      if (isShown()) getKernel().display(complete(drawn), { displayId, update: true });
    })
    .catch((error: unknown) => {
      if (isShown()) reportError(error);
    });
  return { ...bundle, [DETAILS]: { displayId } };
}

/** Encodes a frame within the bounds of what a notebook keeps. */
function keptPng(frame: RawFrame): Uint8Array {
  const scaled = (width: number, height: number): RawFrame =>
    scaleFrame(frame, width, height, (byteLength) => new Uint8Array(byteLength));
  return encodeKept(
    frame,
    ({ width, height }) =>
      encodePngSync(
        width === frame.width && height === frame.height ? frame : scaled(width, height),
      ),
    ({ byteLength }) => byteLength,
  );
}
