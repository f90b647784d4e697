/**
 * The names of keys, and which keys must not have their default effect in the page. Pure policy.
 */

/**
 * Key names of older browsers, and the names in the specification.
 *
 * @see https://www.w3.org/TR/uievents-key/
 */
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

/** Keys whose default action scrolls the page, moves the focus or inserts a line break. */
const MOVING_KEYS: ReadonlySet<string> = new Set([
  ..."ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End Tab Enter".split(" "),
]);

/**
 * Keys of browser commands for the whole page that are useless while the picture has the focus:
 * save, print, find, bookmark.
 */
const PAGE_COMMANDS: ReadonlySet<string> = new Set(["s", "p", "f", "g", "d"]);

/** The modifier keys. */
const MODIFIER_KEYS: ReadonlySet<string> = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph"]);

/** The specification's name of a key. @param domKey - A KeyboardEvent's `key`. */
export function keyName(domKey: string): string {
  return OLDER_NAMES[domKey] ?? domKey;
}

/** Whether a key is a modifier key. */
export function isModifierKey(key: string): boolean {
  return MODIFIER_KEYS.has(key);
}

/**
 * Whether to prevent the browser's default action for a key. Keys that type text keep it, because
 * it produces the text. The browser's own keys, such as F5, keep it too. With Alt every key keeps
 * it.
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

/**
 * The longest time between the two presses of Escape that leave the view, in seconds. Long enough
 * for slow typists.
 */
export const LEAVE_WITHIN_SECONDS = 1.5;

/** Recognises two presses of Escape with no other key in between. */
export class LeaveGesture {
  #pressedAt: number | undefined;

  /**
   * Takes a key press and returns whether it completes the gesture.
   *
   * @param timestamp - In seconds.
   */
  press(key: string, timestamp: number): boolean {
    const before = this.#pressedAt;
    this.#pressedAt = key === "Escape" ? timestamp : undefined;
    if (key !== "Escape" || before === undefined) return false;
    if (timestamp - before > LEAVE_WITHIN_SECONDS) return false;
    this.#pressedAt = undefined;
    return true;
  }
}
