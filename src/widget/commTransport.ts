/** Uses the custom messages of a widget's comm as a transport. */
import type { JSONValue } from "@lumino/coreutils";
import type { ViewMessage } from "../protocol/messages";
import type { Disposable, Transport } from "../protocol/transport";
import { frontEnd } from "./frontEnd";
import { onDirectMessage } from "./kernelLink";
import { MODULE_NAME } from "./module";
import type { PictureModel } from "./pictureModel";

/** The part of JupyterLab's own comm object, inside the widget manager's, that is used here. */
interface ServicesComm {
  send(data: unknown, metadata: object, buffers: [], disposeOnDone: boolean): unknown;
}

/**
 * Metadata for our kernel (docs/PROTOCOL.md).
 *
 * idle: false asks for no `idle` for this message. JupyterLab keeps a future for each message until
 * its `idle` arrives, and each `idle` is one more message that competes with the frames. Elsewhere
 * another process may keep such futures, so the message goes the widget manager's way.
 *
 * direct: whether this page takes messages that are for it only.
 */
function metadata(direct: boolean): object {
  return { [MODULE_NAME]: { idle: false, direct } };
}

/** Sends and receives a model's custom messages. */
export class CommTransport implements Transport<ViewMessage> {
  readonly isReliable = false;
  readonly #model: PictureModel;
  /** Whether a message's future can be disposed. If not, JupyterLab needs the message's `idle`. */
  #canDisposeFutures = true;
  #takesDirect = false;

  constructor(model: PictureModel) {
    this.#model = model;
  }

  /** @throws Error when the comm is closed. */
  send(message: ViewMessage): void {
    if (!this.#model.comm_live || this.#model.comm === undefined) {
      throw new Error("Cannot send to the widget's kernel: the comm is closed");
    }
    const mayDispose = frontEnd.ownsFutures && this.#canDisposeFutures;
    const comm = mayDispose ? servicesComm(this.#model.comm) : undefined;
    if (comm !== undefined) {
      const data = { method: "custom", content: message };
      this.#canDisposeFutures = disposeFuture(
        comm.send(data, metadata(this.#takesDirect), [], true),
      );
      return;
    }
    // No callbacks: the kernel's side decides where output of its event handlers appears.
    this.#model.send(message as unknown as JSONValue);
  }

  onMessage(receiver: (message: unknown, buffers: readonly Uint8Array[]) => void): Disposable {
    const listener = (content: unknown, buffers: unknown): void => {
      receiver(content, bytesOf(buffers));
    };
    this.#model.on("msg:custom", listener);
    const direct = onDirectMessage(this.#model, listener);
    this.#takesDirect = direct !== undefined;
    return {
      dispose: () => {
        this.#model.off("msg:custom", listener);
        direct?.dispose();
      },
    };
  }
}

/**
 * JupyterLab's comm inside the widget manager's; undefined in front ends where the two are not
 * related like this.
 */
function servicesComm(comm: object): ServicesComm | undefined {
  const { jsServicesComm: inner } = comm as { readonly jsServicesComm?: Partial<ServicesComm> };
  return typeof inner?.send === "function" ? (inner as ServicesComm) : undefined;
}

/** Disposes a message's future. Returns false if the value is not a future. */
function disposeFuture(future: unknown): boolean {
  if (typeof future !== "object" || future === null) return false;
  const { dispose } = future as { readonly dispose?: unknown };
  if (typeof dispose !== "function") return false;
  (future as Disposable).dispose();
  return true;
}

/** JupyterLab passes buffers as DataViews, other front ends as ArrayBuffers or typed arrays. */
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
