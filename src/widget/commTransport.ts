/** The custom messages of a widget's comm, as a transport. */
import type { WidgetModel } from "@jupyter-widgets/base";
import type { JSONValue } from "@lumino/coreutils";
import type { ViewMessage } from "../protocol/messages";
import type { Disposable, Transport } from "../protocol/transport";

/** Sends and receives a model's custom messages. */
export class CommTransport implements Transport<ViewMessage> {
  readonly #model: WidgetModel;

  constructor(model: WidgetModel) {
    this.#model = model;
  }

  /** @throws Error when the comm or its kernel is gone. */
  send(message: ViewMessage): void {
    if (!this.#model.comm_live || this.#model.comm === undefined) {
      throw new Error("Cannot send to the widget's kernel: the comm is closed");
    }
    // Without callbacks: output that a message brings about goes where the kernel says.
    this.#model.send(message as unknown as JSONValue);
  }

  onMessage(receiver: (message: unknown, buffers: readonly Uint8Array[]) => void): Disposable {
    const listener = (content: unknown, buffers: unknown): void => {
      receiver(content, bytesOf(buffers));
    };
    this.#model.on("msg:custom", listener);
    return { dispose: () => this.#model.off("msg:custom", listener) };
  }
}

/** JupyterLab hands buffers over as DataViews, others as ArrayBuffers or typed arrays. */
function bytesOf(buffers: unknown): Uint8Array[] {
  if (!Array.isArray(buffers)) return [];
  const bytes: Uint8Array[] = [];
  for (const buffer of buffers as unknown[]) {
    if (buffer instanceof ArrayBuffer) bytes.push(new Uint8Array(buffer));
    else if (ArrayBuffer.isView(buffer)) {
      bytes.push(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    }
  }
  return bytes;
}
