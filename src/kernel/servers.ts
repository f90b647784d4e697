import type { SourceListener } from "../framebuffer";
import type { Disposable } from "../protocol/transport";

/** The servers that show a widget to viewers of their own. */
export class Servers {
  readonly #listeners = new Set<SourceListener>();
  #wasAny = false;
  #wasWidgetOpened = false;

  /** Whether a server shows the widget. */
  get isAny(): boolean {
    return this.#listeners.size > 0;
  }

  /** Whether a server has ever shown the widget. */
  get wasAny(): boolean {
    return this.#wasAny;
  }

  /** Whether servers show the widget, and no notebook ever did. */
  get areOnlyRoutes(): boolean {
    return this.isAny && !this.#wasWidgetOpened;
  }

  /** A notebook shows the widget. */
  widgetOpened(): void {
    this.#wasWidgetOpened = true;
  }

  /** Disposing of the result removes the server. */
  add(listener: SourceListener): Disposable {
    this.#listeners.add(listener);
    this.#wasAny = true;
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** The widget wants to be drawn. */
  drawRequested(): void {
    for (const listener of this.#listeners) listener.onDrawRequest();
  }

  /** The widget sends a frame without being asked. */
  frameSent(frame: unknown): void {
    for (const listener of this.#listeners) listener.onFrame(frame);
  }

  /** The widget has closed and had its close event. */
  closed(): void {
    for (const listener of [...this.#listeners]) listener.onClosed();
  }
}
