import {
  CommManager,
  encodeBundle,
  type Comm,
  type CommOptions,
  type DisplayOptions,
  type MimeBundle,
} from "../../src/widgets";
import { LoopbackFrontend } from "./loopbackFrontend";
import { TestKernel, type AcceptComm } from "./testKernel";
import { pack, unpack, type WireMessage } from "./wireMessage";

/**
 * A kernel and a frontend in one process. Each message between them becomes bytes, as on a real
 * connection, and each end has only what it reads from these bytes.
 */
export class LoopbackKernel extends TestKernel {
  readonly frontend = new LoopbackFrontend((bytes) => this.#receive(bytes));
  readonly #comms = new CommManager({
    publish: (type, content, buffers, metadata) =>
      this.#send({ type, content, metadata, buffers: buffers ?? [] }),
    report: (what, error) => {
      throw new Error(`Expected no error in ${what}`, { cause: error });
    },
  });

  openComm(options: CommOptions): Comm {
    return this.#comms.open(options);
  }

  registerTarget(targetName: string, accept: AcceptComm): void {
    this.#comms.registerTarget(targetName, accept);
  }

  override display(data: MimeBundle, options?: DisplayOptions): void {
    super.display(this.isCapturing ? data : encodeBundle(data), options);
  }

  deliver(commId: string, data: unknown, buffers?: readonly Uint8Array[]): void {
    this.frontend.send(commId, data, buffers);
  }

  openFromFrontend(targetName: string, data?: unknown): string {
    return this.frontend.open(targetName, data);
  }

  closeFromFrontend(commId: string): void {
    this.frontend.close(commId);
  }

  #send(message: WireMessage): void {
    if (this.failure !== undefined) throw this.failure;
    this.sent.push(this.frontend.receive(pack(message)));
  }

  #receive(bytes: Uint8Array): void {
    const { type, content, buffers } = unpack(bytes);
    if (type === "comm_open") this.#comms.receiveOpen(content, buffers);
    else if (type === "comm_msg") this.#comms.receiveMessage(content, buffers);
    else this.#comms.receiveClose(content);
  }
}
