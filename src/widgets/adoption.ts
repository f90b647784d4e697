import type { Comm, CommOptions, Kernel } from "./kernel";
import { widgetRuntime } from "./runtime";
import { OPEN, type ModelReference } from "./widgetHooks";

/** The comm target of widgets. */
export const WIDGET_TARGET = "jupyter.widget";

/** What handles a comm's messages. */
export type CommHandlers = Pick<CommOptions, "onMessage" | "onClose">;

/** A comm that a page has opened, for the widget that is being created. */
interface Adoption {
  readonly comm: Comm;
  isIdTaken: boolean;
  handlers: CommHandlers | undefined;
}

let adoption: Adoption | undefined;

/**
 * Creates a widget for a comm that a page has opened. The widget takes over the comm and its id, in
 * place of opening one of its own.
 *
 * @param create - Creates this widget before any other.
 * @returns what handles the comm's messages.
 */
export function adoptComm(comm: Comm, create: () => ModelReference): CommHandlers {
  const mine: Adoption = { comm, isIdTaken: false, handlers: undefined };
  adoption = mine;
  try {
    create()[OPEN]("parent");
  } finally {
    adoption = undefined;
  }
  if (mine.handlers === undefined) throw new Error("Cannot adopt a comm: no widget has taken it");
  return mine.handlers;
}

/** Returns the id of a new widget's model. */
export function createModelId(): string {
  if (adoption === undefined || adoption.isIdTaken) return widgetRuntime().createId();
  adoption.isIdTaken = true;
  return adoption.comm.id;
}

/**
 * Opens a widget's comm, or takes over the one that a page has opened.
 *
 * @throws Error when a comm with this id is open already.
 */
export function openComm(kernel: Kernel, options: CommOptions): Comm {
  if (adoption === undefined || adoption.comm.id !== options.id) return kernel.openComm(options);
  adoption.handlers = options;
  return adoption.comm;
}
