/** What a progress bar looks like: widgets in a notebook, lines of text anywhere else. */
import { FloatProgress } from "../controls/bounded";
import { HBox } from "../controls/boxes";
import { display } from "../display";
import { HTML } from "../generated/coreWidgets";
import { widgetRuntime } from "../runtime";
import { leadingText, trailingText, type ProgressState } from "./progressText";

/** How the work ended. */
export type ProgressEnd = "success" | "danger";

/** Shows how far some work is. */
export interface ProgressFace {
  show(state: ProgressState): void;
  /** Shows how the work ended. @param leave - Whether a success stays visible. */
  end(state: ProgressState, end: ProgressEnd, leave: boolean): void;
}

/** A bar between two texts, in the cell that runs. */
export class WidgetFace implements ProgressFace {
  readonly #before = new HTML();
  readonly #bar = new FloatProgress({ max: 1 });
  readonly #after = new HTML();
  readonly #box = new HBox([this.#before, this.#bar, this.#after]);

  constructor(state: ProgressState) {
    // A bar that is always full needs no width.
    if (state.total === undefined) this.#bar.layout.width = "20px";
    this.show(state);
    display(this.#box);
  }

  show(state: ProgressState): void {
    const { n, total } = state;
    this.#bar.hold_sync(() => {
      // Without a total, or with one of 0, the bar is full.
      if (total !== undefined) this.#bar.layout.width = null;
      this.#bar.max = total === undefined || total === 0 ? 1 : total;
      this.#bar.value = total === undefined || total === 0 ? 1 : n;
      this.#bar.bar_style = total === undefined ? "info" : "";
    });
    this.#before.value = escapeHtml(leadingText(state));
    this.#after.value = escapeHtml(trailingText(state));
  }

  end(state: ProgressState, end: ProgressEnd, leave: boolean): void {
    if (end === "success" && !leave) {
      for (const widget of [this.#box, this.#before, this.#bar, this.#after]) widget.close();
      return;
    }
    this.show(state);
    this.#bar.bar_style = end;
  }
}

/** Seconds between two lines of text. */
const LINE_INTERVAL = 5;

/** Lines of the log. Only a few, since none replaces the one before. */
export class LineFace implements ProgressFace {
  #printedAt = 0;

  show(state: ProgressState): void {
    if (state.elapsed - this.#printedAt < LINE_INTERVAL) return;
    this.#printedAt = state.elapsed;
    this.#print(state);
  }

  end(state: ProgressState, end: ProgressEnd, leave: boolean): void {
    if (leave || end === "danger") this.#print(state);
  }

  #print(state: ProgressState): void {
    const parts = [leadingText(state), trailingText(state)].filter((part) => part !== "");
    widgetRuntime().logError(parts.join(" "));
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
