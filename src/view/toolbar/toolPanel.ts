/** What the tools show over a picture: its statistics, a help, or what became of an action. */
import { browserTimers } from "../../picture/index";
import type { Disposable } from "../../protocol/transport";
import { Disposables } from "../disposables";
import type { PictureHost, Translate } from "./pictureHost";
import { statisticsRows } from "./statisticsTable";

/** Milliseconds between two readings of the statistics. */
const REFRESH_MS = 1000;

/** Milliseconds that a notice is shown, for each of its characters, and at least. */
const READING_MS = 80;
const MIN_READING_MS = 2000;

/** What a panel may show. */
export type PanelName = "statistics" | "help" | "notice";

/** Shows one thing at a time, or nothing. */
export class ToolPanel implements Disposable {
  readonly element: HTMLElement;
  readonly #host: PictureHost;
  readonly #translate: Translate;
  readonly #page: Document;
  readonly #onClose: () => void;
  readonly #own = new Disposables();
  #shown: PanelName | undefined;
  #lastBytes: { readonly count: number; readonly at: number } | undefined;
  #timer: Disposable | undefined;

  /** @param onClose - The panel was closed by its user, or after a while. */
  constructor(host: PictureHost, translate: Translate, onClose: () => void) {
    this.#host = host;
    this.#translate = translate;
    this.#page = host.area.ownerDocument;
    this.element = this.#page.createElement("div");
    this.element.className = "panel";
    this.element.setAttribute("role", "status");
    // On a small picture it scrolls, by the arrow keys too.
    this.element.tabIndex = 0;
    this.element.hidden = true;
    this.#onClose = onClose;
    this.#own.listen(this.element, "click", () => this.#closeItself());
  }

  /** What is shown. */
  get shown(): PanelName | undefined {
    return this.#shown;
  }

  /** Shows the statistics, which are then read again and again. */
  showStatistics(): void {
    this.#lastBytes = undefined;
    this.#show("statistics");
    void this.#readStatistics();
  }

  /** Shows the help. */
  showHelp(): void {
    const list = this.#page.createElement("ul");
    for (const line of this.#host.help) {
      const item = this.#page.createElement("li");
      item.textContent = line;
      list.append(item);
    }
    this.#show("help", list);
  }

  /** Shows what became of an action, for as long as it takes to read. */
  showNotice(text: string): void {
    this.#show("notice", this.#page.createTextNode(text));
    const readingTime = Math.max(MIN_READING_MS, text.length * READING_MS);
    this.#timer = browserTimers.after(readingTime, () => this.#closeItself());
  }

  /** Shows nothing. */
  close(): void {
    this.#show(undefined);
  }

  dispose(): void {
    this.#shown = undefined;
    this.#timer?.dispose();
    this.#own.dispose();
  }

  #closeItself(): void {
    this.close();
    this.#onClose();
  }

  #show(name: PanelName | undefined, ...content: readonly Node[]): void {
    this.#timer?.dispose();
    this.#shown = name;
    this.element.hidden = name === undefined;
    if (name !== undefined) this.element.dataset["panel"] = name;
    // A screen reader would read numbers that change all the time, all the time.
    this.element.setAttribute("aria-live", name === "statistics" ? "off" : "polite");
    this.element.replaceChildren(...content);
  }

  async #readStatistics(): Promise<void> {
    const statistics = await this.#host.statistics();
    if (this.#shown !== "statistics") return;
    const { bytesReceived } = statistics;
    const now = performance.now();
    const before = this.#lastBytes;
    const rate = before && ((bytesReceived - before.count) / (now - before.at || 1)) * 1000;
    this.#lastBytes = { count: bytesReceived, at: now };
    const table = this.#page.createElement("table");
    for (const [name, value] of statisticsRows(statistics, rate, this.#translate)) {
      const row = table.insertRow();
      const heading = this.#page.createElement("th");
      heading.scope = "row";
      heading.textContent = name;
      row.append(heading);
      row.insertCell().textContent = value;
    }
    this.element.replaceChildren(table);
    this.#timer?.dispose();
    this.#timer = browserTimers.after(REFRESH_MS, () => void this.#readStatistics());
  }
}
