/** Finds the parts of the page's HTML. */

/**
 * The element with an id.
 *
 * @throws Error when the page has none of this kind
 */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`Cannot find #${id} in the page`);
}

/** The radio buttons of one name. */
export class Choices<Value extends string> {
  readonly #buttons: readonly HTMLInputElement[];

  /** @param onChange - the person chose another one */
  constructor(name: string, onChange: (value: Value) => void) {
    const found = document.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`);
    this.#buttons = [...found];
    for (const button of this.#buttons) {
      button.addEventListener("change", () => onChange(button.value as Value));
    }
  }

  /** The one that is chosen. */
  get value(): Value {
    return (this.#buttons.find(({ checked }) => checked)?.value ?? "") as Value;
  }
}
