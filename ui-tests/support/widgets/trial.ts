import type { Locator } from "@playwright/test";

/** How a test tries one widget class. */
export interface Trial {
  /** The expression that creates the widget. The package's exports are in `all`. */
  readonly make: string;
  /** A statement about the widget `w` that runs in another cell, once the widget is shown. */
  readonly then?: string;
  /** Operates the widget as a person does, and looks at what it shows. */
  readonly operate: (widget: Locator) => Promise<unknown>;
  /** An expression of the widget `w`: what the kernel has in the end. @defaultValue "w.value" */
  readonly read?: string;
  /** The value of that expression, as JSON has it. */
  readonly value: unknown;
}

/** Trials by the names of the classes. */
export type Trials = Readonly<Record<string, Trial>>;
