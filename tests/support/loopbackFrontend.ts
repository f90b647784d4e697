import { putBuffers } from "../../src/widgets/bufferPaths";
import { type SentMessage } from "./testKernel";
import { pack, unpack } from "./wireMessage";

/**
 * The state of a widget's model in the frontend. References to other widgets are strings
 * "IPY_MODEL_...".
 */
export type FrontendModel = Record<string, unknown>;

/** A small frontend: it keeps a model for each open widget, by the widget messaging protocol. */
export class LoopbackFrontend {
  /** The models of the open widgets, by id. */
  readonly models = new Map<string, FrontendModel>();
  readonly #toKernel: (bytes: Uint8Array) => void;
  #nextId = 0;

  constructor(toKernel: (bytes: Uint8Array) => void) {
    this.#toKernel = toKernel;
  }

  /** Handles a message from the kernel. Returns what was in it. */
  receive(bytes: Uint8Array): SentMessage {
    const { type, content, metadata, buffers } = unpack(bytes);
    const { comm_id: commId, target_name: targetName, data } = content as Content;
    const common = { commId, data: { ...data }, buffers };
    // The copy keeps the message as it came: the models take over its parts.
    const { state, buffer_paths, method } = structuredClone(data);
    switch (type) {
      case "comm_open":
        if (this.models.has(commId)) throw new Error(`Expected a new comm, got ${commId}`);
        this.models.set(commId, withBuffers(state, buffer_paths, buffers));
        return { ...common, type, metadata, ...(targetName === undefined ? {} : { targetName }) };
      case "comm_msg":
        if (method === "update" || method === "echo_update") {
          Object.assign(this.#model(commId), withBuffers(state, buffer_paths, buffers));
        }
        return { ...common, type };
      case "comm_close":
        this.models.delete(commId);
        return { ...common, type };
      default:
        throw new Error(`Expected a comm message, got ${type}`);
    }
  }

  /** Changes a model, and sends the change to the kernel. */
  set(commId: string, state: FrontendModel): void {
    Object.assign(this.#model(commId), state);
    this.send(commId, { method: "update", state, buffer_paths: [] });
  }

  /** Sends a comm_msg. */
  send(commId: string, data: unknown, buffers: readonly Uint8Array[] = []): void {
    this.#toKernel(pack({ type: "comm_msg", content: { comm_id: commId, data }, buffers }));
  }

  /** Opens a comm, with a model if there is a state. Returns its id. */
  open(targetName: string, data: unknown = {}): string {
    const id = `frontend-${this.#nextId++}`;
    const state = (data as Partial<Content["data"]>).state;
    if (state !== undefined) this.models.set(id, { ...state });
    const content = { comm_id: id, target_name: targetName, data };
    this.#toKernel(pack({ type: "comm_open", content, buffers: [] }));
    return id;
  }

  /** Closes a comm. */
  close(commId: string): void {
    this.models.delete(commId);
    this.#toKernel(
      pack({ type: "comm_close", content: { comm_id: commId, data: {} }, buffers: [] }),
    );
  }

  #model(commId: string): FrontendModel {
    const model = this.models.get(commId);
    if (model === undefined) throw new Error(`Expected an open comm, got ${commId}`);
    return model;
  }
}

interface Content {
  readonly comm_id: string;
  readonly target_name?: string;
  readonly data: { state: FrontendModel; buffer_paths: unknown; method?: unknown };
}

function withBuffers(
  state: FrontendModel,
  bufferPaths: unknown,
  buffers: readonly Uint8Array[],
): FrontendModel {
  putBuffers(state, bufferPaths, buffers);
  return state;
}
