/** Tracks which keys are held, and finds those whose release was lost. Pure policy. */
import type { Modifier } from "../../protocol/events";
import { modifiersOf, type ModifierState } from "./modifiers";

/** A key as it was sent when it went down. */
export interface HeldKey {
  readonly key: string;
  /** The physical key; empty where the device has none. */
  readonly code: string;
}

interface Entry extends HeldKey {
  /** Whether an event showed this modifier key as held. */
  wasSeen: boolean;
}

/**
 * The held keys.
 *
 * Not every release arrives: when both Shift keys go up, some systems report one of them, and a key
 * that goes up in another window is reported there. So the keys are compared with the modifiers
 * that later events state. A modifier that no event ever showed is not: browsers do not agree on
 * which keys they show.
 */
export class HeldKeys {
  /** By the physical key, or by the name, in lower case, if there is no code. */
  readonly #held = new Map<string, Entry>();

  /**
   * A key went down.
   *
   * @returns the same key, if it was held already: its release was lost.
   */
  press(held: HeldKey, state: ModifierState): HeldKey | undefined {
    const lost = this.release(held);
    this.#held.set(idOf(held), { ...held, wasSeen: isShown(held.key, state) });
    return lost;
  }

  /** A key went up. Returns it as it went down; undefined when it was not held. */
  release(key: HeldKey): HeldKey | undefined {
    const held = this.#held.get(idOf(key));
    this.#held.delete(idOf(key));
    return held;
  }

  /** Releases the keys that fulfil a condition, and returns them. */
  releaseAll(which: (key: string) => boolean = () => true): HeldKey[] {
    const released = [...this.#held.values()].filter(({ key }) => which(key));
    for (const key of released) this.release(key);
    return released;
  }

  /** Releases the modifier keys that a later event no longer shows, and returns them. */
  reconcile(state: ModifierState): HeldKey[] {
    const lost: HeldKey[] = [];
    for (const entry of this.#held.values()) {
      if (isShown(entry.key, state)) entry.wasSeen = true;
      else if (entry.wasSeen) lost.push(entry);
    }
    for (const key of lost) this.release(key);
    return lost;
  }
}

function idOf({ key, code }: HeldKey): string {
  return code || key.toLowerCase();
}

function isShown(key: string, state: ModifierState): boolean {
  return modifiersOf(state).includes(key as Modifier);
}
