/** Names buttons and modifier keys as the event spec does. */
import type { Modifier } from "../../protocol/events";

/** What a DOM event says of the modifier keys. */
export interface ModifierState {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** The modifier keys that are held down, in the order of the protocol. */
export function modifiersOf(state: ModifierState): Modifier[] {
  const modifiers: Modifier[] = [];
  if (state.shiftKey) modifiers.push("Shift");
  if (state.ctrlKey) modifiers.push("Control");
  if (state.altKey) modifiers.push("Alt");
  if (state.metaKey) modifiers.push("Meta");
  return modifiers;
}

/**
 * The spec's number for a DOM event's `button`: 1 left, 2 right, 3 middle, 4 and up for more; 0 for none.
 *
 * The DOM counts 0 left, 1 middle, 2 right in `button`, but left, right, middle in the bits of `buttons`.
 */
export function buttonOf(domButton: number): number {
  if (domButton < 0) return 0;
  if (domButton === 1) return 3; // middle
  if (domButton === 2) return 2; // right
  return domButton + 1;
}

/** The spec's numbers for the bits of a DOM event's `buttons`. */
export function buttonsOf(domButtons: number): number[] {
  const buttons: number[] = [];
  for (let bit = 0; domButtons >> bit > 0; bit++) {
    if ((domButtons >> bit) & 1) buttons.push(bit + 1);
  }
  return buttons;
}
