/** What the tests do with a browser, whichever it is and whatever drives it. */

/** A point in the window, in CSS pixels. */
export type Point = readonly [x: number, y: number];

/** What a mouse does. */
export type MouseAction = { readonly move: Point } | "down" | "up";

/** A browser with one page. */
export interface DrivenBrowser {
  /** Its name and version. */
  readonly version: string;
  /** Whether its driver can touch the page. */
  readonly canTouch: boolean;
  /** Opens an address. */
  open(url: string): Promise<void>;
  /** Calls a function in the page and waits for what it returns. Arguments and result go as JSON. */
  evaluate<Args extends readonly unknown[], Result>(
    call: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result>;
  /** Moves the mouse and presses its left button, one action after another. */
  mouse(...actions: readonly MouseAction[]): Promise<void>;
  /** Turns the wheel over a point. dy: CSS pixels, downwards. */
  wheel(at: Point, dy: number): Promise<void>;
  /** Presses and releases a key that types a character. */
  press(key: string): Promise<void>;
  /** Touches a point and lifts the finger. */
  tap(at: Point): Promise<void>;
  /** Changes the size of the window. */
  resize(width: number, height: number): Promise<void>;
  /** What the window shows, as PNG. */
  screenshot(): Promise<Buffer>;
  /** Ends it, and what was started for it. */
  close(): Promise<void>;
}
