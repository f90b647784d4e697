/** Which of a stream's frames a viewer got, and how many it missed. Serials count from 1. */
export class FrameProgress {
  /** The serial of the newest frame that the viewer got; 0 before the first. */
  #seen = 0;
  #dropped = 0;
  #isHidden = false;

  /** The viewer gets a frame. Returns false if it got that one before. */
  advance(serial: number): boolean {
    if (serial === this.#seen) return false;
    this.#dropped += this.#missedBefore(serial);
    this.#seen = serial;
    return true;
  }

  /** Frames that the viewer never gets, given the newest serial. */
  dropped(newest: number): number {
    return this.#dropped + this.#missedBefore(newest);
  }

  /** Frames published to a hidden viewer don't count as missed: it was not too busy for them. */
  setHidden(isHidden: boolean, newest: number): void {
    if (this.#isHidden && !isHidden && this.#seen > 0) {
      this.#seen = Math.max(this.#seen, newest - 1);
    }
    this.#isHidden = isHidden;
  }

  #missedBefore(serial: number): number {
    return this.#seen === 0 || this.#isHidden ? 0 : Math.max(0, serial - this.#seen - 1);
  }
}
