import { widgetRuntime } from "./runtime";

/** How front ends show a bundle. */
export interface BundleDetails {
  /** By media type, such as the width and height of an image/png in CSS pixels. */
  readonly metadata?: Readonly<Record<string, object>>;
  /** With an id, a later call of {@link Kernel.display} can replace what was shown. */
  readonly displayId?: string;
}

/** Name of a bundle's {@link BundleDetails}. A symbol, as the names are media types. */
export const DETAILS: unique symbol = Symbol.for("jupyter-rfb-ts.bundleDetails");

/** A MIME bundle: media type to content, as in Jupyter's display_data. */
export type MimeBundle = Readonly<Record<string, unknown>> & {
  readonly [DETAILS]?: BundleDetails;
};

/** How a bundle is shown. */
export interface DisplayOptions {
  /** A later call can replace what is shown with this id. */
  readonly displayId?: string;
  /** Replace what was shown with the id. @defaultValue false */
  readonly update?: boolean;
}

/** Receives what code prints and displays, in place of a cell. */
export interface OutputSink {
  /**
   * Whether a cell shows what is displayed, so that this cell keeps widgets open.
   * @defaultValue false
   */
  readonly displaysInCell?: boolean;
  print(name: "stdout" | "stderr", text: string): void;
  display(data: MimeBundle, options?: DisplayOptions): void;
}

/** Whether what is displayed goes to a sink that no cell shows. */
export function isCaptured(sink: OutputSink | undefined): boolean {
  return sink !== undefined && sink.displaysInCell !== true;
}

/** Prepares a bundle for JSON: bytes become base64. */
export function encodeBundle(data: MimeBundle): MimeBundle {
  return Object.fromEntries(
    Object.entries(data).map(([type, part]) => [
      type,
      part instanceof Uint8Array ? widgetRuntime().toBase64(part) : part,
    ]),
  );
}

/** The kernel's end of one open comm. */
export interface Comm {
  /** The comm's id, which is also the widget's model id. */
  readonly id: string;
  /**
   * Sends a comm_msg. The buffers must not change afterwards.
   *
   * @throws Error when the comm is closed.
   */
  send(data: object, buffers?: readonly Uint8Array[]): void;
  /** Sends a comm_close and forgets the comm. Does nothing if the comm is closed already. */
  close(): void;
}

/** One page of a front end: one of those that a comm leads to. */
export interface Peer {
  /** The same in all messages of a page, until the page is loaded again. */
  readonly id: string;
  /** Whether {@link send} works: not every front end can take a message for one page only. */
  readonly isReachable: boolean;
  /**
   * Sends a comm_msg to this page only. The buffers must not change afterwards.
   *
   * @throws Error when the comm is closed.
   */
  send(data: object, buffers?: readonly Uint8Array[]): void;
}

/** How to open a comm, and what handles the messages that arrive on it. */
export interface CommOptions {
  readonly targetName: string;
  /** The comm's id. @defaultValue a new random id */
  readonly id?: string;
  readonly data: object;
  readonly buffers?: readonly Uint8Array[];
  readonly metadata?: object;
  /**
   * Receives the data of each comm_msg, unchecked. The kernel catches and reports what it throws.
   *
   * @param peer - the page that sent it; undefined where the kernel can't tell pages apart
   */
  onMessage(data: unknown, buffers: readonly Uint8Array[], peer?: Peer): void;
  /** Called when the other end has closed the comm. */
  onClose(): void;
}

/**
 * A Jupyter kernel, reduced to what widgets need. A kernel passes itself to {@link registerKernel}.
 */
export interface Kernel {
  /** Messages from front ends that were dropped because they were invalid. */
  readonly droppedMessages?: number;
  /** Why the last of them was dropped; undefined if none was. */
  readonly lastDropReason?: string | undefined;
  /**
   * The cell that is running, or that ran last. A cell has the same name each time it runs.
   * undefined if the front end doesn't name its cells.
   */
  readonly cell?: string | undefined;
  /**
   * Identifies a cell for {@link printIn}: that of {@link runIn}, or else the one that is running,
   * or that ran last.
   */
  currentCell?(): string;
  /**
   * Prints in a cell, even if other cells have run since. A page that was loaded again no longer
   * shows it.
   */
  printIn?(cell: string, name: "stdout" | "stderr", text: string): void;
  /**
   * Calls back so that what the callback prints and displays, also later, appears in a cell, or
   * goes to a sink.
   */
  runIn?<Result>(place: string | OutputSink, callback: () => Result): Result;
  /** Whether what is displayed now goes to a sink, so that no cell shows it itself. */
  readonly isCapturing?: boolean;
  /** Calls back when a cell has lost its outputs, because it runs again. */
  onCellCleared?(listener: (cell: string) => void): void;
  /** Opens a comm: sends comm_open on behalf of the cell that is running, or that ran last. */
  openComm(options: CommOptions): Comm;
  /**
   * Accepts the comms that the other end opens with this target name, such as
   * "jupyter.widget.control".
   *
   * @param accept - Gets the open comm and the data of its comm_open. Returns what handles the
   *   comm's messages.
   */
  registerTarget(
    targetName: string,
    accept: (
      comm: Comm,
      data: unknown,
      buffers: readonly Uint8Array[],
    ) => Pick<CommOptions, "onMessage" | "onClose">,
  ): void;
  /**
   * Shows a bundle in the place of {@link Kernel.runIn}, or else in the cell that is running, or
   * that ran last. To replace what was shown, the kernel sends update_display_data instead.
   */
  display(data: MimeBundle, options?: DisplayOptions): void;
}

const NOT_ATTACHED = "no Jupyter kernel is attached";

let current: Kernel | undefined;
let missingReason = NOT_ATTACHED;

/** Makes a kernel the one that widgets use. Each kernel calls this for itself once it can send. */
export function registerKernel(kernel: Kernel): void {
  current = kernel;
}

/** Leaves widgets without a kernel. */
export function unregisterKernel(): void {
  current = undefined;
  missingReason = NOT_ATTACHED;
}

/**
 * Sets why a kernel could not register itself. A kernel that did register stays.
 *
 * @param reason - Why, and what the user can do: the error of {@link getKernel} ends with it.
 */
export function explainMissingKernel(reason: string): void {
  missingReason = reason;
}

/** Whether a kernel is registered, so that widgets can be shown. */
export function hasKernel(): boolean {
  return current !== undefined;
}

/**
 * Returns the registered kernel.
 *
 * @throws Error when there is none; the message says why.
 */
export function getKernel(): Kernel {
  if (current === undefined) throw new Error(`Cannot show a widget: ${missingReason}`);
  return current;
}
