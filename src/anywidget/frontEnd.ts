/**
 * Shows a RemoteFrameBuffer where anywidget is installed, and our own extension isn't. The kernel
 * sends this module once; loader.ts, which each model has, gets it from there.
 */
import type { WidgetModel } from "@jupyter-widgets/base";
import { nowInSeconds } from "../picture/index";
import { FrameBufferView } from "../view/index";
import { isCut, releaseComm } from "../widget/kernelLink";
import { ModelDisplay } from "../widget/modelDisplay";
import { pageSettings } from "../widget/settings";
import { STATE_KEYS, viewPropertiesOf } from "../widget/viewState";
import css from "../../style/index.css?inline";
import type { Picture } from "./picture";
import { printedText } from "./printedText";

const STYLE_ID = "jupyter-rfb-ts-style";

/** Shows the frames of a model, in as many views as the page adds. */
export function openPicture(model: WidgetModel): Picture {
  addStyle();
  const shown = new ModelDisplay(model);
  /** What removes each view. */
  const views = new Map<FrameBufferView, () => void>();
  const { display } = shown;

  /** Closes a view, and the widget together with its last view. */
  const close = (view: FrameBufferView): void => {
    if (views.size > 1) {
      views.get(view)?.();
      return;
    }
    // Sent now, because the model closes the comm.
    display.sendEvent({ type: "close", timestamp: nowInSeconds() });
    const { comm } = model;
    void model.close(isCut(model));
    releaseComm(comm);
  };

  return {
    render: (element) => {
      const properties = (): object => ({
        ...pageSettings.current.view,
        ...viewPropertiesOf(model),
      });
      const view = display.addView(
        (listener) => new FrameBufferView(listener, properties()),
        () => close(view),
      );
      element.classList.add("jupyter-rfb-widget");
      element.append(view.element);
      view.setAttached(true);
      const changes = STATE_KEYS.map((key) => `change:${key}`).join(" ");
      const update = (): void => view.update(properties());
      model.on(changes, update);
      const text = printedText(model, element);
      const remove = (): void => {
        if (!views.delete(view)) return;
        model.off(changes, update);
        text.dispose();
        display.removeView(view);
      };
      views.set(view, remove);
      return remove;
    },
    dispose: () => {
      shown.dispose();
      for (const remove of [...views.values()]) remove();
    },
  };
}

/** The style is the same for all pictures of the page. */
function addStyle(): void {
  if (document.getElementById(STYLE_ID) !== null) return;
  const style = document.createElement("style");
  style.id = STYLE_ID;
  style.textContent = css;
  document.head.append(style);
}
