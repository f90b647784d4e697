/** The language of the page. */
import type { Translate } from "../view/index";

/** Translates texts once JupyterLab has said how. English until then. */
class PageTranslation {
  #translate: Translate = (text) => text;

  readonly translate: Translate = (text) => this.#translate(text);

  use(translate: Translate): void {
    this.#translate = translate;
  }
}

/** The translation of this page. */
export const pageTranslation: PageTranslation = new PageTranslation();
