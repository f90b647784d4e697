/** Whether a viewer gets the small rendition. */

/** Seconds over which is judged. */
const WINDOW = 2;

/** Frames in a window, at least, to judge by. */
const ENOUGH = 8;

/** Which share of the frames a viewer must get to keep the full size. */
const KEEPS_UP = 0.6;

/** Seconds in the small size until the full one is tried again; doubled each time that fails. */
const FIRST_PAUSE = 15;
const LONGEST_PAUSE = 240;

/** Seconds for which the full size must have lasted to reset the pause. */
const STEADY = 30;

/** Chooses between the full size and the small one, by how many frames a viewer could take. */
export class SizeChoice {
  #isSmall = false;
  #since: number;
  #windowBegan: number;
  #offered = 0;
  #taken = 0;
  /** 0 before the first. */
  #pause = 0;

  constructor(now: number) {
    this.#since = now;
    this.#windowBegan = now;
  }

  /** Whether the small size is right. */
  get isSmall(): boolean {
    return this.#isSmall;
  }

  /** A frame came that the viewer could get. */
  offered(): void {
    this.#offered += 1;
  }

  /** The viewer got a frame. */
  taken(): void {
    this.#taken += 1;
  }

  /** Judges, now and then. Returns whether the choice has changed. */
  judge(now: number): boolean {
    if (now - this.#windowBegan < WINDOW) return false;
    const keepsUp = this.#offered < ENOUGH || this.#taken >= KEEPS_UP * this.#offered;
    const isJudged = this.#offered >= ENOUGH;
    this.#windowBegan = now;
    this.#offered = 0;
    this.#taken = 0;
    const lasted = now - this.#since;
    if (!this.#isSmall && !keepsUp) {
      const isFirst = this.#pause === 0 || lasted > STEADY;
      this.#pause = isFirst ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, this.#pause * 2);
      return this.#change(true, now);
    }
    if (this.#isSmall && keepsUp && isJudged && lasted >= this.#pause) {
      return this.#change(false, now);
    }
    return false;
  }

  #change(isSmall: boolean, now: number): true {
    this.#isSmall = isSmall;
    this.#since = now;
    return true;
  }
}
