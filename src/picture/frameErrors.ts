/** Frames that are lost. */

/** Why a frame is not shown though it is not broken. A keyframe cures it, so nobody needs to be told. */
export class LostFrameError extends Error {
  override readonly name: string = "LostFrameError";
}

/** The frame changes one that was lost, dropped or broken. */
export class MissingBaseError extends LostFrameError {
  override readonly name = "MissingBaseError";

  /**
   * @param index - The frame that cannot be shown.
   * @param base - The frame that it changes.
   * @param last - The last one that is there.
   */
  constructor(index: number, base: number | undefined, last: number | undefined) {
    super(
      `frame ${index} changes frame ${base ?? "unknown"}, but ${last === undefined ? "there is none" : `the last one here is ${last}`}`,
    );
  }
}
