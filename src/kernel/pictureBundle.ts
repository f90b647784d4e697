/** Pictures in a cell's output, which are saved with the notebook. */
import { scaleFrame, type RawFrame } from "../framebuffer";
import { encodeKept } from "../protocol/keptPicture";
import { DETAILS, getKernel, widgetRuntime, type MimeBundle } from "../widgets";
import { pictureRuntime } from "./pictureRuntime";

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
 * the saved notebook. If the frame takes time, the bundle is replaced later. Where the runtime
 * encodes no PNG at once, the picture is left to the page.
 */
export function withFirstPicture(
  bundle: MimeBundle,
  { draw, size, isShown, reportError }: FirstPicture,
): MimeBundle {
  const { encodePngSync } = pictureRuntime();
  if (encodePngSync === undefined) return bundle;
  const complete = (frame: RawFrame): MimeBundle => ({
    ...bundle,
    ...pictureBundle(keptPng(frame, encodePngSync), size()),
  });
  let frame: RawFrame | Promise<RawFrame>;
  try {
    frame = draw();
    if (!(frame instanceof Promise)) return complete(frame);
  } catch (error) {
    reportError(error);
    return bundle;
  }
  const displayId = widgetRuntime().createId();
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
function keptPng(frame: RawFrame, encode: (frame: RawFrame) => Uint8Array): Uint8Array {
  const scaled = (width: number, height: number): RawFrame =>
    scaleFrame(frame, width, height, (byteLength) => new Uint8Array(byteLength));
  return encodeKept(
    frame,
    ({ width, height }) =>
      encode(width === frame.width && height === frame.height ? frame : scaled(width, height)),
    ({ byteLength }) => byteLength,
  );
}
