/** What the front end that shows this page's notebooks does with messages. */

/** Names that VS Code's notebook renderer and its widget manager put into their page. */
const VS_CODE_NAMES = ["jupyter_vscode_rendererContext", "vscIPyWidgets8", "vscIPyWidgets"];

/** What differs between JupyterLab, where the plugin runs, and other front ends. */
class FrontEnd {
  #ownsFutures = false;

  /**
   * Whether nothing but this page waits for the `idle` of its messages. VS Code sends a page's
   * messages again, from another process, which waits for each one's `idle`.
   */
  get ownsFutures(): boolean {
    return this.#ownsFutures;
  }

  /** Called by JupyterLab's plugin: the page has its own connection to the kernel. */
  setOwnsFutures(): void {
    this.#ownsFutures = true;
  }

  /**
   * Whether binary messages are slow. To VS Code's page each one comes as an array of numbers,
   * which takes some thirty times as long as base64.
   */
  get prefersBase64(): boolean {
    return VS_CODE_NAMES.some((name) => name in globalThis);
  }
}

/** The front end of this page. */
export const frontEnd: FrontEnd = new FrontEnd();
