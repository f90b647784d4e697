import type { WidgetModel } from "@jupyter-widgets/base";

/** What is used of a widget's model: our own, or the one that anywidget made. */
export type PictureModel = Pick<
  WidgetModel,
  | ("comm" | "comm_live" | "widget_manager")
  | ("get" | "set" | "save_changes" | "send" | "on" | "off")
>;
