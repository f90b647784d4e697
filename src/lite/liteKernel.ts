import {
  DETAILS,
  encodeBundle,
  errorText,
  isCaptured,
  widgetRuntime,
  type Comm,
  type CommOptions,
  type DisplayOptions,
  type Kernel,
  type MimeBundle,
  type OutputSink,
} from "../widgets";
import type { LiteComm, LiteComms, LiteScope } from "./liteScope";
import { OutputCapture, type CaptureHost } from "./outputCapture";

type Receiver = Pick<CommOptions, "onMessage" | "onClose">;

/**
 * JupyterLite's JavaScript kernel, in either of its modes. It names no cells, and its output is
 * that of the message that it handles: of the cell that runs, if one does.
 */
export class LiteKernel implements Kernel, CaptureHost {
  readonly #comms: LiteComms;
  /** Shows a value in the cell that runs. */
  readonly #display: LiteScope["display"];
  readonly #console: LiteScope["console"];
  readonly #capture = new OutputCapture(this);
  #cell = "";

  /** @param scope - The globals of the kernel's cells, whose `console` and `display` change. */
  constructor(scope: LiteScope) {
    this.#comms = scope.Jupyter.comm;
    this.#display = scope.display;
    this.#console = scope.console;
    this.#capture.install(scope);
  }

  /** The id of the message that is being handled, or that was handled last. */
  currentCell(): string {
    this.#cell = this.#message ?? this.#cell;
    return this.#cell;
  }

  runIn<Result>(place: string | OutputSink, callback: () => Result): Result {
    return typeof place === "string" ? callback() : this.#capture.run(place, callback);
  }

  get isCapturing(): boolean {
    return isCaptured(this.#capture.sink);
  }

  get isHandling(): boolean {
    return this.#message !== undefined;
  }

  openComm(options: CommOptions): Comm {
    const { targetName, data, metadata = {}, buffers, id } = options;
    return this.#connect(
      this.#comms.open(targetName, data, metadata, toArrayBuffers(buffers), id),
      `comm ${targetName}`,
      options,
    );
  }

  registerTarget(targetName: string, accept: Parameters<Kernel["registerTarget"]>[1]): void {
    this.#comms.registerTarget(targetName, (opened, data, buffers) => {
      let receiver: Receiver | undefined;
      const comm = this.#connect(opened, `comm ${targetName}`, {
        onMessage: (...message) => receiver?.onMessage(...message),
        onClose: () => receiver?.onClose(),
      });
      try {
        receiver = accept(comm, data, toBytes(buffers));
      } catch (error) {
        this.#report(`comm target ${targetName}`, error);
        comm.close();
      }
    });
  }

  display(bundle: MimeBundle, options: DisplayOptions = {}): void {
    const { sink } = this.#capture;
    if (sink !== undefined) {
      this.#capture.outside(() => sink.display(bundle, options));
      return;
    }
    const { metadata = {}, displayId, update } = { ...bundle[DETAILS], ...options } as Shown;
    const data = encodeBundle(bundle);
    if (displayId === undefined || this.#comms._onOutput === undefined) {
      this.#display({ _toMime: () => data }, metadata);
      return;
    }
    this.#comms._onOutput({
      type: update === true ? "update_display_data" : "display_data",
      bundle: { data, metadata, transient: { display_id: displayId } },
    });
  }

  report(error: unknown): void {
    this.#console.error(widgetRuntime().describeError(error));
  }

  get #message(): string | undefined {
    return this.#comms.getCurrentMessageId?.() ?? undefined;
  }

  #connect(comm: LiteComm, what: string, receiver: Receiver): Comm {
    let isOpen = true;
    comm.onMsg = (data, buffers) =>
      this.#call(what, () => receiver.onMessage(data, toBytes(buffers)));
    comm.onClose = () => {
      if (!isOpen) return;
      isOpen = false;
      this.#call(what, () => receiver.onClose());
    };
    const { commId } = comm;
    return {
      id: commId,
      send: (data, buffers) => {
        if (!isOpen) throw new Error(`Cannot send on comm ${commId}: it is closed`);
        comm.send(data, {}, toArrayBuffers(buffers));
      },
      close: () => {
        if (!isOpen) return;
        isOpen = false;
        comm.close();
      },
    };
  }

  #call(what: string, handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.#report(what, error);
    }
  }

  #report(what: string, error: unknown): void {
    this.#console.error(`Error in ${what}: ${errorText(error)}`);
  }
}

interface Shown extends DisplayOptions {
  readonly metadata?: object;
}

/** The kernel copies them at once. It copies the whole memory that an array is a part of. */
function toArrayBuffers(buffers: readonly Uint8Array[] = []): readonly ArrayBuffer[] {
  return buffers.map(({ buffer, byteOffset, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
      ? buffer
      : (buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer),
  );
}

function toBytes(buffers: readonly ArrayBuffer[] = []): readonly Uint8Array[] {
  return buffers.map((buffer) => new Uint8Array(buffer));
}
