/** What widgets need of the kernel that they run in. tslabKernel.ts implements it for tslab; tests use a fake one. */

/** A MIME bundle: media type to content, as in Jupyter's display_data. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** A bundle as it crosses the wire: bytes as base64. */
export function encodeBundle(data: MimeBundle): MimeBundle {
  return Object.fromEntries(Object.entries(data).map(([type, part]) => [type, encodePart(part)]));
}

function encodePart(part: unknown): unknown {
  return part instanceof Uint8Array
    ? Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("base64")
    : part;
}

/** One open comm, as the kernel side sees it. */
export interface Comm {
  /** The comm's id, which is also the widget's model id. */
  readonly id: string;
  /** Sends a comm_msg. The buffers must not be changed afterwards. */
  send(data: object, buffers?: readonly Uint8Array[]): void;
  /** Sends a comm_close and forgets the comm. Does nothing when it is closed already. */
  close(): void;
}

/** How a comm is opened, and who gets what arrives on it. */
export interface CommOptions {
  readonly targetName: string;
  /** The comm's id; a new one by default. */
  readonly id?: string;
  readonly data: object;
  readonly buffers?: readonly Uint8Array[];
  readonly metadata?: object;
  /** Gets the content of each comm_msg. Untrusted. What it throws is reported and does no further harm. */
  onMessage(data: unknown, buffers: readonly Uint8Array[]): void;
  /** The other end closed the comm. */
  onClose(): void;
}

/** A Jupyter kernel, as far as widgets need it. */
export interface Kernel {
  /** Opens a comm: sends comm_open for the cell that runs now, or that ran last. */
  openComm(options: CommOptions): Comm;
  /**
   * Handles comms that the other end opens with this target name (such as "jupyter.widget.control").
   * `accept` is given the opening data and a way to answer.
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
   * Shows a bundle in the cell that runs now, or that ran last. With a display id it can be replaced later:
   * `update` true sends update_display_data instead.
   */
  display(
    data: MimeBundle,
    options?: { readonly displayId?: string; readonly update?: boolean },
  ): void;
}

let current: Kernel | undefined;
let whyNone = "this code does not run in a Jupyter kernel";

/** Makes a kernel the one that widgets use, or says why there is none. */
export function setKernel(kernel: Kernel | undefined, reason?: string): void {
  current = kernel;
  if (reason !== undefined) whyNone = reason;
}

/** Whether widgets can be shown here. */
export function hasKernel(): boolean {
  return current !== undefined;
}

/**
 * The kernel that this code runs in.
 *
 * @throws Error when there is none, saying what is missing.
 */
export function getKernel(): Kernel {
  if (current === undefined) {
    throw new Error(
      `Cannot show a widget: ${whyNone}; run it in a notebook with the tslab kernel (npx jupyter-rfb-ts install)`,
    );
  }
  return current;
}
