/**
 * The ipywidgets protocol on the kernel side, for classes in this library that are widgets: the base classes, and the hooks
 * through which a class takes part without taking names from its users.
 */
export { DOMWidget, type DOMWidgetOptions } from "./domWidget";
export {
  findWidget,
  openWidget,
  openWidgets,
  Widget,
  WIDGET_PROTOCOL_VERSION,
  type Change,
  type MessageCallback,
  type WidgetOptions,
} from "./widget";
export * from "./widgetHooks";
export { withTraits, type WidgetClass, type WidgetIdentity } from "./widgetClass";
