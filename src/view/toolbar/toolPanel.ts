/** What the tools show over a picture: its statistics, a help, or what could not be done. */
import { browserTimers } from "../../picture/index";
import type { Disposable } from "../../protocol/transport";
import type { PictureHost, Translate } from "./pictureHost";
import { statisticsRows } from "./statisticsTable";

/** Milliseconds between two readings of the statistics. */
const REFRESH_MS = 1000;

/** What a panel may show. */
export type PanelName = "statistics" | "help" | "problem";

/** Shows one thing at a time, or nothing. */
export class ToolPanel implements Disposable {
  readonly element: HTMLElement;
  readonly #host: PictureHost;
  readonly #translate: Translate;
  readonly #page: Document;
  #shown: PanelName | undefined;
  #lastBytes: { readonly count: number; readonly at: number } | undefined;
  #timer: Disposable | undefined;

  constructor(host: PictureHost, translate: Translate) {
    this.#host = host;
    this.#translate = translate;
    this.#page = host.area.ownerDocument;
    this.element = this.#page.createElement("div");
    this.element.className = "panel";
    this.element.setAttribute("role", "status");
    // On a small picture it scrolls, by the arrow keys too.
    this.element.tabIndex = 0;
    this.element.hidden = true;
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

  /** Shows what could not be done. */
  showProblem(text: string): void {
    this.#show("problem", this.#page.createTextNode(text));
  }

  /** Shows nothing. */
  close(): void {
    this.#show(undefined);
  }

  dispose(): void {
    this.#shown = undefined;
    this.#timer?.dispose();
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
