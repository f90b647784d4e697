/** The custom messages of a widget's comm, as a transport. */
import type { WidgetModel } from "@jupyter-widgets/base";
import type { JSONValue } from "@lumino/coreutils";
import type { ViewMessage } from "../protocol/messages";
import type { Disposable, Transport } from "../protocol/transport";
import { MODULE_NAME } from "./module";

/** JupyterLab's own end of a comm, below the widget manager's: what we need of it. */
interface ServicesComm {
  send(data: unknown, metadata: object, buffers: [], disposeOnDone: boolean): unknown;
}

/**
 * Says to the kernel that no `idle` is awaited for this message: docs/PROTOCOL.md. JupyterLab keeps a future for each message
 * until its `idle`, which is one more small message on the way of the frames.
 */
const NO_IDLE = { [MODULE_NAME]: { idle: false } };

/** Sends and receives a model's custom messages. */
export class CommTransport implements Transport<ViewMessage> {
  readonly isReliable = false;
  readonly #model: WidgetModel;
  /** Where a future cannot be disposed of, its `idle` has to come. */
  #canForget = true;

  constructor(model: WidgetModel) {
    this.#model = model;
  }

  /** @throws Error when the comm or its kernel is gone. */
  send(message: ViewMessage): void {
    if (!this.#model.comm_live || this.#model.comm === undefined) {
      throw new Error("Cannot send to the widget's kernel: the comm is closed");
    }
    const comm = this.#canForget ? servicesComm(this.#model.comm) : undefined;
    if (comm !== undefined) {
      const data = { method: "custom", content: message };
      this.#canForget = forget(comm.send(data, NO_IDLE, [], true));
      return;
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

/** The widget manager's comm wraps JupyterLab's. In another front end it may not, or may hide it. */
function servicesComm(comm: object): ServicesComm | undefined {
  const { jsServicesComm: inner } = comm as { readonly jsServicesComm?: Partial<ServicesComm> };
  return typeof inner?.send === "function" ? (inner as ServicesComm) : undefined;
}

/** Disposes of a message's future. Returns whether it is one. */
function forget(future: unknown): boolean {
  if (typeof future !== "object" || future === null) return false;
  const { dispose } = future as { readonly dispose?: unknown };
  if (typeof dispose !== "function") return false;
  (future as Disposable).dispose();
  return true;
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
