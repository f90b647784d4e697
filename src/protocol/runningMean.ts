/** The weight of a new value. Some ten values count. */
const WEIGHT = 0.1;

/** The mean of the newest values of a measurement. */
export class RunningMean {
  #mean: number | undefined;

  /** undefined before the first value. */
  get value(): number | undefined {
    return this.#mean;
  }

  add(value: number): void {
    this.#mean = this.#mean === undefined ? value : this.#mean + WEIGHT * (value - this.#mean);
  }
}
