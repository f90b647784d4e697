/** Frames that were sent and whose receipt has not come, in the order of their indices. A bounded number. */
export class AwaitedFrames<Frame extends { readonly index: number }> {
  readonly #most: number;
  #frames: Frame[] = [];

  /**
   * @param most - frames that are kept; what is older is taken as never confirmed. Only a caller of send_frame that outruns its view,
   * or has none, comes near it.
   */
  constructor(most: number) {
    this.#most = most;
  }

  /** A frame was sent. The index of one that could not leave after all is given again: that one is forgotten. */
  add(frame: Frame): void {
    while ((this.#frames.at(-1)?.index ?? -Infinity) >= frame.index) this.#frames.pop();
    this.#frames.push(frame);
    if (this.#frames.length > this.#most) this.#frames.shift();
  }

  /** The frame that was sent last could not leave after all. Returns it, if it is known. */
  takeBack(index: number): Frame | undefined {
    return this.#frames.at(-1)?.index === index ? this.#frames.pop() : undefined;
  }

  /** A receipt came, which stands for all frames up to `index`. Returns those that waited for it, the oldest first. */
  confirm(index: number): Frame[] {
    const left = this.#frames.findIndex((frame) => frame.index > index);
    return this.#frames.splice(0, left < 0 ? this.#frames.length : left);
  }

  /** Nothing is awaited any more. */
  clear(): void {
    this.#frames = [];
  }
}
