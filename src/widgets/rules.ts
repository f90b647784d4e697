/** Reads a trait of the widget that a rule is for. */
export type ReadTrait = (name: string) => unknown;

/**
 * What a trait's value must be, given those of the widget's other traits: a value within its
 * bounds, a title for each child. The trait itself has checked the value's type.
 */
export interface Rule {
  /**
   * Returns the value to keep in place of one that a user or a frontend sets.
   *
   * @throws TypeError or RangeError that names the trait, what was expected and what was found.
   */
  keep?(value: unknown, read: ReadTrait, name: string): unknown;
  /** The traits whose changes may require another value. */
  readonly follows?: readonly string[];
  /** Returns the value to keep after such a change. Default: what `keep` returns. */
  adjust?(value: unknown, read: ReadTrait, name: string): unknown;
  /** Returns the value of a new widget whose options lack it. Default: what `adjust` returns. */
  initial?(read: ReadTrait): unknown;
}

/** Rules by the names of traits. */
export type Rules = Readonly<Record<string, Rule>>;
