/** Keys that a picture with the focus leaves to the page. */

/** Names of modifiers in JupyterLab's notation of shortcuts, as fields of a DOM event. */
const MODIFIERS = {
  Alt: "altKey",
  Cmd: "metaKey",
  Ctrl: "ctrlKey",
  Shift: "shiftKey",
} as const;

type ModifierField = (typeof MODIFIERS)[keyof typeof MODIFIERS];

/** A parsed shortcut. */
interface Shortcut {
  readonly key: string;
  readonly held: ReadonlySet<ModifierField>;
}

/** Whether "Accel" is Cmd. */
export function isMac(): boolean {
  return /mac/i.test(navigator.platform);
}

/** The part of a KeyboardEvent that is used here. */
export type KeyPress = Pick<KeyboardEvent, "key" | ModifierField>;

/**
 * Reads shortcuts in JupyterLab's notation, such as "Accel S": modifiers and a key, separated by
 * spaces. "Accel" is Cmd on a Mac, and Ctrl elsewhere.
 *
 * @returns whether a key press is one of them. Texts that are no shortcut are ignored.
 */
export function passedKeys(
  shortcuts: readonly string[],
  accelIsCmd: boolean,
): (press: KeyPress) => boolean {
  const all = shortcuts.flatMap((text) => parse(text, accelIsCmd) ?? []);
  return (press) =>
    all.some(
      ({ key, held }) =>
        press.key.toLowerCase() === key &&
        Object.values(MODIFIERS).every((field) => press[field] === held.has(field)),
    );
}

function parse(text: string, accelIsCmd: boolean): Shortcut | undefined {
  const names = text.trim().split(/\s+/);
  const key = names.pop();
  if (key === undefined || key === "" || key in MODIFIERS || key === "Accel") return undefined;
  const held = new Set<ModifierField>();
  for (const name of names) {
    const modifier = name === "Accel" ? (accelIsCmd ? "Cmd" : "Ctrl") : name;
    if (!(modifier in MODIFIERS)) return undefined;
    held.add(MODIFIERS[modifier as keyof typeof MODIFIERS]);
  }
  return { key: key.toLowerCase(), held };
}
