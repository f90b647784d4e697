/** Finds elements of the page. */

/**
 * The element with an id.
 *
 * @throws Error when the page has no element of this kind with the id.
 */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`Cannot find #${id} in the page`);
}

/** A group of radio buttons. */
export class Choices<Value extends string> {
  readonly #buttons: readonly HTMLInputElement[];

  /** @param onChange - Called when the user chooses another button. */
  constructor(name: string, onChange: (value: Value) => void) {
    const found = document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`);
    this.#buttons = [...found];
    for (const button of this.#buttons) {
      button.addEventListener("change", () => onChange(button.value as Value));
    }
  }

  /** The value of the chosen button. */
  get value(): Value {
    return (this.#buttons.find(({ checked }) => checked)?.value ?? "") as Value;
  }
}
