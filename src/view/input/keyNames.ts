/** Which keys there are, what they are called, and which of them would move the page. Pure policy. */

/** Names of older browsers, and what the spec calls them. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  Ctrl: "Control",
  Del: "Delete",
  Esc: "Escape",
  Spacebar: " ",
  Left: "ArrowLeft",
  Right: "ArrowRight",
  Up: "ArrowUp",
  Down: "ArrowDown",
  OS: "Meta",
};

/** Keys whose default scrolls the page, moves the focus or breaks the line. */
const MOVING_KEYS: ReadonlySet<string> = new Set([
  ..."ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End Tab Enter".split(" "),
]);

/** Browser commands on the whole page that make no sense while keys belong to the picture: save, print, find, bookmark. */
const PAGE_COMMANDS: ReadonlySet<string> = new Set(["s", "p", "f", "g", "d"]);

/** Keys that hold others. */
const MODIFIER_KEYS: ReadonlySet<string> = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph"]);

/** The browser spec's name of a key. */
export function keyName(domKey: string): string {
  return OLDER_NAMES[domKey] ?? domKey;
}

/** Whether this is a modifier key. */
export function isModifierKey(key: string): boolean {
  return MODIFIER_KEYS.has(key);
}

/**
 * Whether a key that is sent must not do what the browser does with it. Keys that type text must, or no text would come; so
 * must those of the browser itself, such as F5. Alt lets all through.
 */
export function isDefaultPrevented(
  key: string,
  held: { readonly altKey: boolean; readonly ctrlKey: boolean; readonly metaKey: boolean },
): boolean {
  if (held.altKey) return false;
  if (held.ctrlKey || held.metaKey) {
    return PAGE_COMMANDS.has(key.toLowerCase()) || MOVING_KEYS.has(key);
  }
  return MOVING_KEYS.has(key);
}

/** The two presses of Escape that leave the view may lie so far apart, in seconds: slow enough for every hand. */
export const LEAVE_WITHIN_SECONDS = 1.5;

/** Recognises two presses of Escape with no other key between them. */
export class LeaveGesture {
  #pressedAt: number | undefined;

  /** Takes a key press, and says whether it completes the gesture. */
  press(key: string, timestamp: number): boolean {
    const before = this.#pressedAt;
    this.#pressedAt = key === "Escape" ? timestamp : undefined;
    if (key !== "Escape" || before === undefined) return false;
    if (timestamp - before > LEAVE_WITHIN_SECONDS) return false;
    this.#pressedAt = undefined;
    return true;
  }
}
