import { describeValue, errorMessage, ProtocolError } from "../protocol/errors";
import { createModelId, openComm, WIDGET_TARGET } from "./adoption";
import { isRecord, removeBuffers, type SeparatedState } from "./bufferPaths";
import { ChangedTraits, type Later } from "./changedTraits";
import { equalValues } from "./equalValues";
import type { Guard } from "./guard";
import { getKernel, type Comm, type Peer } from "./kernel";
import { widgetRuntime } from "./runtime";
import { readUpdate } from "./serialization";
import type { WidgetStatus } from "./widgetHooks";
import type { TraitChange, WidgetState } from "./widgetState";

/**
 * Version of the widget messaging protocol that this library speaks (packages/schema/messages.md of
 * ipywidgets).
 */
export const WIDGET_PROTOCOL_VERSION = "2.1.0";

/** The widget that a comm belongs to. */
export interface CommOwner {
  /** Called before a comm_open is sent. What it throws cancels the opening. */
  beforeOpen(): void;
  /** The comm has opened. */
  onOpen(): void;
  /** The comm is no longer open. It may open again, unless onClose() follows. */
  onLeave(): void;
  /** The comm is closed for good. */
  onClose(): void;
  /** A frontend changed a trait. The new value is in place. */
  onChange(change: TraitChange): void;
  /** A frontend asked for the state, and was answered. */
  onStateRequest(): void;
  /** A custom message arrived. Its content is unchecked. */
  onCustom(content: unknown, buffers: readonly Uint8Array[], peer: Peer | undefined): void;
  /** Calls back on behalf of the cell that shows the widget, so that errors appear there too. */
  runShown(callback: () => void): void;
  /** Returns the open widget with a model id. */
  readonly findModel: (modelId: string) => unknown;
  readonly guard: Guard;
}

/**
 * A widget's comm: opens it, keeps the widget's state the same in every frontend, and closes it.
 */
export class WidgetComm {
  /** The comm's id, which is also the model's. */
  readonly id: string = createModelId();
  readonly #state: WidgetState;
  readonly #owner: CommOwner;
  #comm: Comm | undefined;
  #status: WidgetStatus | "opening" = "new";
  /**
   * Whether a frontend has sent anything since the comm opened, which proves that it has the model.
   */
  #heard = false;
  readonly #changed = new ChangedTraits({
    send: (names) => this.#sendChanged(names),
    sendLate: (names) => this.#owner.guard("sending its state", () => this.#sendTraits(names)),
  });
  /**
   * While a frontend's update is handled: the values that frontends have, and so needn't get back.
   */
  #frontendState: Map<string, unknown> | undefined;

  constructor(state: WidgetState, owner: CommOwner) {
    this.#state = state;
    this.#owner = owner;
  }

  /** See STATUS. */
  get status(): WidgetStatus {
    return this.#status === "opening" ? "open" : this.#status;
  }

  /**
   * Sends comm_open with the whole state. Does nothing if the comm is open.
   *
   * @throws Error when the widget is closed, or there is no kernel.
   */
  open(): void {
    if (this.#status === "open" || this.#status === "opening") return;
    if (this.#status === "closed") throw new Error("Cannot open: the widget is closed");
    const kernel = getKernel();
    this.#owner.beforeOpen();
    // Widgets may refer to each other in a circle: reading the state must not open this one again.
    const before = this.#status;
    this.#status = "opening";
    this.#heard = false;
    try {
      const { state, buffer_paths, buffers } = this.#state.wireState();
      this.#comm = openComm(kernel, {
        targetName: WIDGET_TARGET,
        id: this.id,
        data: { state, buffer_paths },
        buffers,
        metadata: { version: WIDGET_PROTOCOL_VERSION },
        onMessage: (...message) => this.#owner.runShown(() => this.#receive(...message)),
        onClose: () => this.#owner.runShown(() => this.#closedByFrontend()),
      });
    } catch (error) {
      this.#status = before;
      throw error;
    }
    this.#status = "open";
    this.#owner.onOpen();
  }

  /** Sends comm_close, if the comm is open. It opens again when the widget is next shown. */
  leave(): void {
    const comm = this.#comm;
    if (this.#status !== "open") return;
    this.#becomeUnopened("left");
    comm?.close();
  }

  /** Sends comm_close. Does nothing the second time. */
  close(): void {
    this.#close(this.#comm);
  }

  /**
   * Sends a custom message, if the comm is open.
   *
   * @throws Error when the widget is closed.
   */
  sendCustom(content: unknown, buffers: readonly Uint8Array[]): void {
    if (this.#status === "closed") throw new Error("Cannot send: the widget is closed");
    this.#comm?.send({ method: "custom", content }, buffers);
  }

  /**
   * Sends the traits that changed here and are synchronised: at once as one update, or later.
   */
  sendChanges(changes: readonly TraitChange[], later: Later | false): void {
    const names = changes.map(({ name }) => name).filter((name) => this.#state.trait(name).sync);
    if (later === false) this.hold(() => names.forEach((name) => this.#changed.add(name)));
    // A comm that isn't open yet will send the whole state.
    else if (this.#comm !== undefined) names.forEach((name) => this.#changed.addLate(name, later));
  }

  /** Holds back what changes until the callback has returned, then sends it as one update. */
  hold<T>(callback: () => T): T {
    return this.#changed.hold(callback);
  }

  /** Sends traits, except those whose values came from the frontends. */
  #sendChanged(names: readonly string[]): void {
    const known = this.#frontendState;
    const changed = names.filter((name) => {
      if (known?.has(name) !== true) return true;
      const wire = this.#state.wireValue(name);
      if (equalValues(wire, known.get(name))) return false;
      known.set(name, wire);
      return true;
    });
    this.#sendTraits(changed);
  }

  #sendTraits(names: readonly string[]): void {
    if (names.length === 0 || this.#comm === undefined) return;
    this.#sendState("update", this.#state.wireState(names));
  }

  #sendState(method: "update" | "echo_update", separated: SeparatedState): void {
    const { state, buffer_paths, buffers } = separated;
    this.#comm?.send({ method, state, buffer_paths }, buffers);
  }

  #receive(data: unknown, buffers: readonly Uint8Array[], peer: Peer | undefined): void {
    this.#heard = true;
    this.#owner.guard("a message from a frontend", () => {
      if (!isRecord(data)) {
        throw new ProtocolError(`message: expected an object, got ${describeValue(data)}`);
      }
      switch (data["method"]) {
        case "update":
          this.#receiveUpdate(data["state"], data["buffer_paths"], buffers);
          break;
        case "request_state":
          this.#sendState("update", this.#state.wireState());
          this.#owner.onStateRequest();
          break;
        case "custom":
          this.#owner.onCustom(data["content"], buffers, peer);
          break;
        default:
          throw new ProtocolError(
            `method: expected update, request_state or custom, got ${describeValue(data["method"])}`,
          );
      }
    });
  }

  /**
   * Echoes the values to all frontends, as ipywidgets does: before they are checked, since the
   * sender ignores other frontends' echoes until its own has come. Accepts the valid ones. Invalid
   * ones are then answered with the values that hold here.
   */
  #receiveUpdate(state: unknown, bufferPaths: unknown, buffers: readonly Uint8Array[]): void {
    const { findModel } = this.#owner;
    const update = readUpdate(this.#state.traits, findModel, state, bufferPaths, buffers);
    this.#report(update.errors);
    this.#echo(update.echoed);
    this.#apply(update.accepted, update.received);
    this.#sendTraits(update.refused);
  }

  /** The user's code isn't at fault, so the errors are reported without a stack. */
  #report(errors: readonly unknown[]): void {
    for (const error of errors) {
      this.#owner.guard("a state update from a frontend", () => {
        throw new ProtocolError(errorMessage(error));
      });
    }
  }

  #echo(values: ReadonlyMap<string, unknown>): void {
    if (!isEchoEnabled()) return;
    const echoed = [...values].filter(([name]) => this.#state.trait(name).echo);
    if (echoed.length === 0) return;
    this.#sendState("echo_update", removeBuffers(Object.fromEntries(echoed)));
  }

  #apply(accepted: ReadonlyMap<string, unknown>, received: Map<string, unknown>): void {
    const { changes, errors } = this.#state.accept(accepted);
    this.#report(errors);
    const outer = this.#frontendState;
    this.#frontendState = received;
    try {
      // A trait may keep another value than the one it was given. The frontends need that one.
      for (const name of new Set([...accepted.keys(), ...changes.map((change) => change.name)])) {
        this.#owner.guard("sending its state", () => this.#changed.add(name));
      }
      for (const change of changes) this.#owner.onChange(change);
    } finally {
      this.#frontendState = outer;
    }
  }

  /**
   * A frontend that can't accept a comm_open answers with comm_close: its widget manager isn't
   * ready, or can't create the model. The widget then returns to its state before the opening, so
   * that it can be shown again.
   */
  #closedByFrontend(): void {
    if (this.#heard) {
      this.#close(undefined);
      return;
    }
    this.#becomeUnopened("new");
  }

  #becomeUnopened(status: "new" | "left"): void {
    this.#status = status;
    this.#comm = undefined;
    this.#changed.forgetLate();
    this.#owner.onLeave();
  }

  /** Closes for good. Without a comm, no comm_close is sent. */
  #close(comm: Comm | undefined): void {
    if (this.#status === "closed") return;
    this.#status = "closed";
    this.#comm = undefined;
    this.#changed.forgetLate();
    this.#owner.onLeave();
    try {
      comm?.close();
    } finally {
      this.#owner.onClose();
    }
  }
}

/**
 * Whether echo_update is sent. JUPYTER_WIDGETS_ECHO turns it off, with the words that ipywidgets
 * accepts.
 */
function isEchoEnabled(): boolean {
  const setting = widgetRuntime().environmentVariable("JUPYTER_WIDGETS_ECHO")?.toLowerCase();
  return setting === undefined || !["no", "n", "false", "off", "0", "0.0"].includes(setting);
}
