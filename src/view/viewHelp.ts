/** What a user should know about a view. */
import { isMac } from "./input/passedKeys";
import type { Translate } from "./toolbar/pictureHost";
import type { ViewProperties } from "./viewProperties";

/** A sentence each. */
export function helpLines(
  { passedKeys, resizable }: Pick<ViewProperties, "passedKeys" | "resizable">,
  translate: Translate,
): string[] {
  const lines = [
    translate("Click the picture to send it keys and the mouse wheel."),
    translate("Press Escape twice to leave it."),
    translate("Tab goes to these tools first, then to the picture."),
  ];
  if (passedKeys.length > 0) {
    const keys = passedKeys.map((one) =>
      one.replaceAll(" ", "+").replace("Accel", isMac() ? "Cmd" : "Ctrl"),
    );
    lines.push(translate("These keys work as usual: {0}.").replace("{0}", keys.join(", ")));
  }
  if (resizable) lines.push(translate("Drag the lower right corner to resize the picture."));
  return lines;
}
