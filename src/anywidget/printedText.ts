import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { referredId } from "../protocol/modelReference";
import { PrintedText } from "../widget/printedText";

/** Shows what a widget prints at the end of an element, until that is disposed. */
export function printedText(model: WidgetModel, element: HTMLElement): PrintedText {
  return new PrintedText(model, async (): Promise<WidgetView | undefined> => {
    const id = referredId(model.get("_output"));
    if (id === undefined) return undefined;
    const manager = model.widget_manager;
    const view = await manager.create_view(await manager.get_model(id), {});
    element.append(view.el);
    return view;
  });
}
