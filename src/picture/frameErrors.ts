/** Errors of frames that cannot be shown because of frames that were lost before them. */

/**
 * A frame cannot be shown, though it is not broken itself. A keyframe fixes this, so the error is
 * not reported to the user.
 */
export class LostFrameError extends Error {
  override readonly name: string = "LostFrameError";
}

/** A frame changes another one that was lost, dropped or broken. */
export class MissingBaseError extends LostFrameError {
  override readonly name = "MissingBaseError";

  /**
   * @param index - The frame that cannot be shown.
   * @param base - The frame that it changes.
   * @param last - The last frame that was shown or decoded; undefined when there was none.
   */
  constructor(index: number, base: number | undefined, last: number | undefined) {
    super(
      `frame ${index} changes frame ${base ?? "unknown"}, but ${last === undefined ? "there is none" : `the last one here is ${last}`}`,
    );
  }
}
