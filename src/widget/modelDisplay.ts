/** The displaying end of a widget's session, over its model, whatever made that. */
import type { Disposable } from "../protocol/transport";
import { Disposables, FrameDisplay } from "../view/index";
import { CommTransport } from "./commTransport";
import { frontEnd } from "./frontEnd";
import { KernelState } from "./kernelState";
import { onReconnected } from "./kernelLink";
import type { PictureModel } from "./pictureModel";

/** Shows what a kernel sends to a model, and keeps the model's state about it. */
export class ModelDisplay implements Disposable {
  /** The pictures, and the views. */
  readonly display: FrameDisplay;
  readonly #model: PictureModel;
  readonly #parts = new Disposables();

  constructor(model: PictureModel) {
    this.#model = model;
    const parts = this.#parts;
    const display = new FrameDisplay(new CommTransport(model), {
      onVisibilityChange: (hasVisibleViews) => this.#saveVisibility(hasVisibleViews),
      onPaint: () => state.painted(),
      prefersBase64: frontEnd.prefersBase64,
    });
    this.display = display;
    // The kernel may still have the state of a page that was reloaded.
    this.#saveVisibility(false);
    display.hello();
    this.#showSnapshot();
    const state = parts.add(
      new KernelState({
        model,
        answers: () => display.answers(),
        onChange: (content) => display.setMark(content),
      }),
    );
    // Another page of this kernel may set the state to false while a view is visible here: set it
    // to true again. Deferred, because a change that is made while the kernel's state is being
    // applied is not sent.
    this.#listen("change:_has_visible_views", () => {
      queueMicrotask(() => {
        if (display.hasVisibleViews) this.#saveVisibility(true);
      });
    });
    const comeBack = (): void => {
      if (!model.comm_live) return;
      display.hello();
      this.#saveVisibility(display.hasVisibleViews, true);
    };
    this.#listen("comm_live_update", comeBack);
    // Another page may have acknowledged what was sent while this one was cut off, and what it sent
    // may be lost, such as the release of a button: the kernel releases what this page held.
    const resume = (): void => {
      if (model.comm_live) display.goodbye();
      comeBack();
    };
    parts.add(onReconnected(model, resume));
    // The kernel cannot detect that a page has gone. Messages sent during an unload may be lost, so
    // this is sent before it too. It does no harm if the user then stays.
    for (const type of ["beforeunload", "pagehide"]) {
      parts.listen(window, type, () => display.goodbye());
    }
  }

  /** Releases everything. Sends nothing. */
  dispose(): void {
    this.#parts.dispose();
    // Disposed before the views are removed, so that no `hide` is sent.
    this.display.dispose();
  }

  #listen(names: string, listener: () => void): void {
    this.#model.on(names, listener);
    this.#parts.addCallback(() => this.#model.off(names, listener));
  }

  /** The picture of a state that was saved, until the kernel sends a frame, if there is one. */
  #showSnapshot(): void {
    const url: unknown = this.#model.get("_snapshot");
    if (typeof url === "string" && url !== "") this.display.showSaved(url);
  }

  /** @param isLost - Whether the kernel may have another value than this model. */
  #saveVisibility(hasVisibleViews: boolean, isLost = false): void {
    const model = this.#model;
    if (isLost) model.set("_has_visible_views", !hasVisibleViews);
    if (model.get("_has_visible_views") === hasVisibleViews) return;
    model.set("_has_visible_views", hasVisibleViews);
    try {
      model.save_changes();
    } catch {
      // The comm is closed. The widget manager reports that.
    }
  }
}
