/** Translates buttons and modifier keys to the event specification (docs/PROTOCOL.md). */
import type { Modifier } from "../../protocol/events";

/** The modifier keys of a DOM event. */
export interface ModifierState {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** The names of the held modifier keys, in the protocol's order. */
export function modifiersOf(state: ModifierState): Modifier[] {
  const modifiers: Modifier[] = [];
  if (state.shiftKey) modifiers.push("Shift");
  if (state.ctrlKey) modifiers.push("Control");
  if (state.altKey) modifiers.push("Alt");
  if (state.metaKey) modifiers.push("Meta");
  return modifiers;
}

/**
 * The specification's number for a DOM event's `button`: 1 left, 2 right, 3 middle, 4 and up for
 * more; 0 for none.
 *
 * The DOM's `button` is 0 for left, 1 for middle, 2 for right; the bits of its `buttons` are left,
 * right, middle.
 */
export function buttonOf(domButton: number): number {
  if (domButton < 0) return 0;
  if (domButton === 1) return 3; // middle
  if (domButton === 2) return 2; // right
  return domButton + 1;
}

/** The specification's numbers for the bits of a DOM event's `buttons`. */
export function buttonsOf(domButtons: number): number[] {
  const buttons: number[] = [];
  for (let bit = 0; domButtons >> bit > 0; bit++) {
    if ((domButtons >> bit) & 1) buttons.push(bit + 1);
  }
  return buttons;
}
