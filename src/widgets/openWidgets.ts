import { isRecord, type SeparatedState } from "./bufferPaths";
import { getKernel, type Kernel } from "./kernel";
import type { ShownIn } from "./shownIn";
import {
  GET_TRAIT,
  isReference,
  LEAVE,
  ON_STATE_REQUEST,
  OPEN,
  REPORT,
  type SHOWN_IN,
  STATE_VALUES,
  WIDGET_VIEW,
  WIRE_STATE,
  type Keeper,
  type ModelReference,
} from "./widgetHooks";

/** A widget whose comm is open. */
export interface OpenWidget extends ModelReference {
  readonly [STATE_VALUES]: Iterable<unknown>;
  [GET_TRAIT](name: string): unknown;
  [WIRE_STATE](): SeparatedState;
  [ON_STATE_REQUEST](): void;
  [REPORT](error: unknown, during: string): void;
  readonly [SHOWN_IN]: ShownIn;
  [LEAVE](): void;
}

/** A cell that the front end doesn't name, so that it isn't known when it runs again. */
const UNNAMED = "";

/** A widget, and what keeps it open apart from other widgets whose state refers to it. */
interface Entry {
  readonly widget: OpenWidget;
  /** The cells that show it, or opened it. */
  readonly cells: Set<string>;
  isUser: boolean;
}

/** Every widget whose comm is open, by model id. */
const registry = new Map<string, Entry>();

/** Returns the widgets whose comm is open. */
export function openWidgets(): readonly OpenWidget[] {
  return [...registry.values()].map(({ widget }) => widget);
}

/** Returns the open widget with this model id. */
export function findWidget(modelId: string): OpenWidget | undefined {
  return registry.get(modelId)?.widget;
}

/**
 * Opens a widget's comm without displaying the widget, so that every frontend gets its model, until
 * the widget is closed.
 *
 * @throws Error when the widget is closed, or there is no kernel.
 */
export function openWidget(widget: ModelReference): void {
  widget[OPEN]("user");
}

/** A widget's comm has opened. */
export function addOpenWidget(widget: OpenWidget): void {
  registry.set(widget.model_id, { widget, cells: new Set(), isUser: false });
}

/** A widget's comm is no longer open. */
export function removeOpenWidget(widget: OpenWidget): void {
  registry.delete(widget.model_id);
}

/** Something keeps a widget open from now on. */
export function keepOpen(widget: OpenWidget, keeper: Keeper): void {
  const entry = registry.get(widget.model_id);
  if (entry === undefined || keeper === "parent") return;
  const kernel = getKernel();
  if (keeper === "user") entry.isUser = true;
  // What an Output captures is a part of its state.
  else if (kernel.isCapturing !== true) entry.cells.add(kernel.cell ?? UNNAMED);
}

/**
 * No output shows these widgets themselves any more: they leave, unless something else keeps them
 * open.
 */
export function releaseOutputs(modelIds: readonly string[]): void {
  for (const id of modelIds) registry.get(id)?.cells.clear();
  letUnusedLeave();
}

/**
 * Closes the comms of widgets that nothing shows any more. A cell that runs again loses its
 * outputs: each of its runs would otherwise leave a widget behind, with its pictures, in the kernel
 * and in the page.
 */
export function followCells(kernel: Kernel): void {
  kernel.onCellCleared?.((cell) => {
    let isAnyAffected = false;
    for (const { cells } of registry.values()) isAnyAffected = cells.delete(cell) || isAnyAffected;
    if (isAnyAffected) letUnusedLeave();
  });
}

function letUnusedLeave(): void {
  const used = new Set<ModelReference>();
  const visit = (value: unknown): void => {
    if (isReference(value)) {
      if (used.has(value)) return;
      used.add(value);
      for (const part of (value as Partial<OpenWidget>)[STATE_VALUES] ?? []) visit(part);
    } else if (Array.isArray(value)) {
      value.forEach(visit);
    } else if (isRecord(value)) {
      // An Output shows a widget by its id.
      const view = value[WIDGET_VIEW];
      if (isRecord(view)) visit(findWidget(String(view["model_id"])));
      Object.values(value).forEach(visit);
    }
  };
  for (const { widget, cells, isUser } of registry.values()) {
    if (isUser || cells.size > 0) visit(widget);
  }
  for (const widget of openWidgets()) if (!used.has(widget)) widget[LEAVE]();
}
