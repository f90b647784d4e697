import { randomUUID } from "node:crypto";

import { describeValue, ProtocolError } from "../protocol/errors";
import { isRecord, removeBuffers, type SeparatedState } from "./bufferPaths";
import { ChangedTraits } from "./changedTraits";
import { errorText } from "./errorText";
import { getKernel, type Comm, type MimeBundle } from "./kernel";
import { Observers } from "./observers";
import { equalValues, integer, nullable, REFERENCE } from "./traits";
import { defineTraits, traitsOf, type AnyTrait } from "./widgetClass";
import {
  DISPLAY,
  GET_TRAIT,
  ON_CHANGE,
  ON_CLOSE,
  ON_OPEN,
  ON_STATE_REQUEST,
  OPEN,
  REPORT,
  SET_TRAIT,
  STATUS,
  WIRE_STATE,
} from "./widgetHooks";
import { describeWidget, readUpdate, toWire } from "./serialization";

/** Version of the widget messaging protocol that this library speaks (packages/schema/messages.md of ipywidgets). */
export const WIDGET_PROTOCOL_VERSION = "2.1.0";

/** What an observer is told. */
export interface Change<T = unknown> {
  readonly type: "change";
  /** The trait that changed. */
  readonly name: string;
  readonly old: T;
  readonly new: T;
  /** The widget whose trait it is. */
  readonly owner: Widget;
}

/** Gets custom messages. The content is untrusted. What it throws is reported and does no further harm. */
export type MessageCallback = (content: unknown, buffers: readonly Uint8Array[]) => unknown;

/** Options of every widget. */
export interface WidgetOptions {
  /** How many views there are; null (the default) does not count them, 0 starts counting. */
  readonly _view_count?: number | null;
}

/** How SET_TRAIT synchronises. */
export interface SetTraitOptions {
  /** Send once at the end of the current job, however often it is set until then. */
  readonly later?: boolean;
}

/** Every widget whose comm is open, by model id. A closed widget is not held. */
const registry = new Map<string, Widget>();

/** The widgets whose comm is open now. */
export function openWidgets(): readonly Widget[] {
  return [...registry.values()];
}

/** The open widget with this model id. */
export function findWidget(modelId: string): Widget | undefined {
  return registry.get(modelId);
}

/**
 * Shows a widget's model to the frontends without displaying it. Displaying a widget, or one that holds it, does this.
 *
 * @throws Error when the widget is closed, or there is no kernel.
 */
export function openWidget(widget: Widget): void {
  widget[OPEN]();
}

/**
 * A kernel-side widget: traits that are kept the same here and in every frontend, and custom messages both ways, by the widget
 * messaging protocol 2.1.
 *
 * The comm is opened when the widget is first displayed, when the state of an open widget refers to it, or when it first sends;
 * and again where no frontend took it on.
 * A widget that is open is kept alive until close().
 */
export class Widget {
  readonly #modelId: string = randomUUID();
  readonly #traits: ReadonlyMap<string, AnyTrait> = traitsOf(this);
  readonly #values = new Map<string, unknown>();
  /** Widgets that were made for this one, such as its layout. */
  readonly #parts = new Set<Widget>();
  #comm: Comm | undefined;
  #status: "new" | "opening" | "open" | "closed" = "new";
  /** Whether a frontend has sent anything since the comm was opened: then one has the model. */
  #heard = false;
  readonly #observers = new Observers<(change: Change<never>) => unknown>();
  #callbacks: readonly MessageCallback[] = [];
  readonly #changed = new ChangedTraits({
    send: (names) => this.#sendChanged(names),
    sendLate: (names) => this.#guard("sending its state", () => this.#sendTraits(names)),
  });
  /** What the frontends have for a trait while a frontend's update is handled: the same is not sent back. */
  #frontendState: Map<string, unknown> | undefined;

  /**
   * @param options - Initial values of traits, by name.
   * @throws TypeError for an unknown option, TypeError or RangeError for a value that its trait does not take.
   */
  constructor(options: WidgetOptions = {}) {
    if (!isRecord(options)) {
      throw new TypeError(`options: expected an object, got ${describeValue(options)}`);
    }
    for (const [name, value] of Object.entries(options)) {
      const trait = this.#traits.get(name);
      if (trait === undefined || trait.constant) {
        // Those that begin with an underscore are taken, but are not for users.
        const known = [...this.#traits]
          .filter(([key, t]) => !t.constant && !key.startsWith("_"))
          .map(([key]) => key);
        throw new TypeError(
          `${new.target.name}: expected options among ${known.join(", ")}, got ${JSON.stringify(name)}`,
        );
      }
      if (value !== undefined) this.#values.set(name, this.#check(trait, name, value));
    }
  }

  /** Marks widgets for the serialisation. */
  get [REFERENCE](): true {
    return true;
  }

  /** The id of the widget's model in every frontend, which is also its comm's id. It never changes. */
  get model_id(): string {
    return this.#modelId;
  }

  /** How many views there are, where that is counted: null by default, and 0 starts counting. */
  get _view_count(): number | null {
    return this.#get("_view_count") as number | null;
  }
  set _view_count(value: number | null) {
    this[SET_TRAIT]("_view_count", value);
  }

  /**
   * Calls a handler whenever a trait has changed.
   *
   * @param handler - What it throws is reported and does no further harm.
   * @param names - The trait, or traits; all by default.
   * @throws TypeError when there is no such trait.
   */
  observe<Name extends keyof this & string>(
    handler: (change: Change<this[Name]>) => unknown,
    names: Name | readonly Name[],
  ): void;
  observe(handler: (change: Change) => unknown): void;
  observe(handler: (change: Change<never>) => unknown, names?: string | readonly string[]): void {
    if (this.#status === "closed") throw new Error("Cannot observe: the widget is closed");
    const wanted = typeof names === "string" ? [names] : names;
    for (const name of wanted ?? []) this.#trait(name);
    this.#observers.add(handler, wanted);
  }

  /**
   * Stops calling a handler.
   *
   * @param names - The traits to stop for; by default all, however they were given to observe.
   */
  unobserve(handler: (change: Change<never>) => unknown, names?: string | readonly string[]): void {
    const unwanted = typeof names === "string" ? [names] : names;
    this.#observers.remove(handler, unwanted, this.#traits.keys());
  }

  /**
   * Sends a custom message to the widget's model in every frontend.
   *
   * @param content - What JSON can say.
   * @param buffers - Bytes to go with it. They must not be changed afterwards.
   * @throws Error when the widget is closed.
   */
  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    if (this.#status === "closed") throw new Error("Cannot send: the widget is closed");
    this[OPEN]();
    this.#comm?.send({ method: "custom", content }, buffers);
  }

  /**
   * Calls a callback for each custom message from a frontend.
   *
   * @param remove - True stops calling it.
   */
  on_msg(callback: MessageCallback, remove = false): void {
    if (this.#status === "closed" && !remove) {
      throw new Error("Cannot listen to messages: the widget is closed");
    }
    const others = this.#callbacks.filter((known) => known !== callback);
    this.#callbacks = remove ? others : [...others, callback];
  }

  /** Sends what the callback sets as one update, after its end. Observers are called at once. */
  hold_sync<T>(callback: () => T): T {
    return this.#changed.hold(callback);
  }

  /** Closes the widget: its views vanish from every frontend, and it cannot be shown again. Does nothing the second time. */
  close(): void {
    this.#close(this.#comm);
  }

  /** The bundle that shows the widget. Opens the comm. */
  [DISPLAY](): MimeBundle {
    const closed = this.#status === "closed";
    if (closed || this.#get("_view_name") === null) {
      return { "text/plain": describeWidget(this, this.#describedValues(), closed) };
    }
    this[OPEN]();
    return {
      "application/vnd.jupyter.widget-view+json": {
        version_major: 2,
        version_minor: 0,
        model_id: this.#modelId,
      },
      "text/plain": describeWidget(this, this.#describedValues(), false),
    };
  }

  /** See STATUS. */
  get [STATUS](): "new" | "open" | "closed" {
    return this.#status === "opening" ? "open" : this.#status;
  }

  /** See OPEN. */
  [OPEN](): void {
    if (this.#status === "open" || this.#status === "opening") return;
    if (this.#status === "closed") throw new Error("Cannot open: the widget is closed");
    const kernel = getKernel();
    this.#adoptFields();
    this.#status = "opening";
    this.#heard = false;
    try {
      const { state, buffer_paths, buffers } = this[WIRE_STATE]();
      this.#comm = kernel.openComm({
        targetName: "jupyter.widget",
        id: this.#modelId,
        data: { state, buffer_paths },
        buffers,
        metadata: { version: WIDGET_PROTOCOL_VERSION },
        onMessage: (data, messageBuffers) => this.#receive(data, messageBuffers),
        onClose: () => this.#closedByFrontend(),
      });
    } catch (error) {
      this.#status = "new";
      throw error;
    }
    this.#status = "open";
    registry.set(this.#modelId, this);
    this.#guard("opening", () => this[ON_OPEN]());
  }

  /** See WIRE_STATE. */
  [WIRE_STATE](): SeparatedState {
    const synced = [...this.#traits].filter(([, trait]) => trait.sync).map(([name]) => name);
    return this.#wireState(synced);
  }

  /** See GET_TRAIT. */
  [GET_TRAIT](name: string): unknown {
    return this.#get(name);
  }

  /** See SET_TRAIT. */
  [SET_TRAIT](name: string, value: unknown, options: SetTraitOptions = {}): void {
    const trait = this.#trait(name);
    if (trait.constant) {
      throw new TypeError(`${name}: cannot be set, since it says what the model is`);
    }
    const next = this.#check(trait, name, value);
    const old = this.#get(name);
    if (equalValues(old, next)) return;
    this.#values.set(name, next);
    if (trait.sync) {
      if (options.later !== true) this.#changed.add(name);
      // The comm_open of a widget that is not open yet says it all.
      else if (this.#comm !== undefined) this.#changed.addLate(name);
    }
    this.#notify({ type: "change", name, old, new: next, owner: this });
  }

  /** See ON_OPEN. */
  [ON_OPEN](): void {}

  /** See ON_CLOSE. */
  [ON_CLOSE](): void {}

  /** See ON_STATE_REQUEST. */
  [ON_STATE_REQUEST](): void {}

  /** See ON_CHANGE. */
  [ON_CHANGE](change: Change): void {
    void change;
  }

  /** See REPORT. */
  [REPORT](error: unknown, during: string): void {
    process.stderr.write(`${this.constructor.name}, ${during}: ${errorText(error)}\n`);
  }

  #trait(name: string): AnyTrait {
    const trait = this.#traits.get(name);
    if (trait !== undefined) return trait;
    const known = [...this.#traits.keys()].join(", ");
    throw new TypeError(`trait: expected one of ${known}, got ${JSON.stringify(name)}`);
  }

  #get(name: string): unknown {
    if (this.#values.has(name)) return this.#values.get(name);
    const value = this.#trait(name).initial();
    this.#values.set(name, value);
    if (value instanceof Widget) this.#parts.add(value);
    return value;
  }

  #check(trait: AnyTrait, name: string, value: unknown): unknown {
    const given: unknown = trait.fromUser === undefined ? value : trait.fromUser(value);
    const next = trait.check(given, name);
    if (given !== value && next instanceof Widget) this.#parts.add(next);
    return next;
  }

  #describedValues(): [string, unknown][] {
    return [...this.#values].filter(([name, value]) => {
      const trait = this.#traits.get(name);
      if (name.startsWith("_") || trait === undefined) return false;
      // A default that is a widget of its own says nothing, and making another one to compare would be waste.
      return !(value instanceof Widget) && !equalValues(value, trait.initial());
    });
  }

  /** A subclass may declare a field with a trait's name (css_width = "9px"), which hides the trait: take its value instead. */
  #adoptFields(): void {
    for (const name of this.#traits.keys()) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      this[SET_TRAIT](name, value);
    }
  }

  #wireState(names: Iterable<string>): SeparatedState {
    const state: Record<string, unknown> = {};
    for (const name of names) state[name] = toWire(this.#get(name));
    return removeBuffers(state);
  }

  /** Sends traits, but for those whose value the frontends sent themselves. */
  #sendChanged(names: Iterable<string>): void {
    const known = this.#frontendState;
    const changed = [...names].filter((name) => {
      if (known?.has(name) !== true) return true;
      const wire = toWire(this.#get(name));
      if (equalValues(wire, known.get(name))) return false;
      known.set(name, wire);
      return true;
    });
    this.#sendTraits(changed);
  }

  #sendTraits(names: Iterable<string>): void {
    const chosen = [...names];
    if (chosen.length === 0 || this.#comm === undefined) return;
    this.#sendState("update", this.#wireState(chosen));
  }

  #sendState(method: "update" | "echo_update", separated: SeparatedState): void {
    const { state, buffer_paths, buffers } = separated;
    this.#comm?.send({ method, state, buffer_paths }, buffers);
  }

  #receive(data: unknown, buffers: readonly Uint8Array[]): void {
    this.#heard = true;
    this.#guard("a message from a frontend", () => {
      if (!isRecord(data)) {
        throw new ProtocolError(`message: expected an object, got ${describeValue(data)}`);
      }
      switch (data["method"]) {
        case "update":
          this.#receiveState(data["state"], data["buffer_paths"], buffers);
          break;
        case "request_state":
          this.#sendState("update", this[WIRE_STATE]());
          this[ON_STATE_REQUEST]();
          break;
        case "custom":
          this.#receiveCustom(data["content"], buffers);
          break;
        default:
          throw new ProtocolError(
            `method: expected update, request_state or custom, got ${describeValue(data["method"])}`,
          );
      }
    });
  }

  #receiveCustom(content: unknown, buffers: readonly Uint8Array[]): void {
    for (const callback of this.#callbacks) {
      this.#guard("a callback of on_msg", () => callback(content, buffers));
    }
  }

  /** Takes over what is valid, echoes it to all frontends, and tells them the kernel's value of what is not. */
  #receiveState(state: unknown, bufferPaths: unknown, buffers: readonly Uint8Array[]): void {
    const update = readUpdate(this.#traits, findWidget, state, bufferPaths, buffers);
    for (const error of update.errors) {
      this.#guard("a state update from a frontend", () => {
        throw error;
      });
    }
    this.#echo(update.received);
    this.#apply(update.accepted, update.received);
    this.#sendTraits(update.refused);
  }

  #echo(received: ReadonlyMap<string, unknown>): void {
    if (!echoIsOn()) return;
    const echoed = [...received].filter(([name]) => this.#traits.get(name)?.echo === true);
    if (echoed.length > 0)
      this.#sendState("echo_update", removeBuffers(Object.fromEntries(echoed)));
  }

  #apply(accepted: ReadonlyMap<string, unknown>, received: Map<string, unknown>): void {
    const changes: Change[] = [];
    for (const [name, value] of accepted) {
      const old = this.#get(name);
      if (equalValues(old, value)) continue;
      this.#values.set(name, value);
      changes.push({ type: "change", name, old, new: value, owner: this });
    }
    const outer = this.#frontendState;
    this.#frontendState = received;
    try {
      // A trait may keep another form of what came: then the frontends have to know.
      for (const { name } of changes)
        this.#guard("sending its state", () => this.#changed.add(name));
      for (const change of changes) this.#notify(change);
    } finally {
      this.#frontendState = outer;
    }
  }

  #notify(change: Change): void {
    this.#guard(`a change of ${change.name}`, () => this[ON_CHANGE](change));
    for (const handler of this.#observers.of(change.name)) {
      // The handler was given for this trait, whose values have the type that it takes.
      this.#guard(`an observer of ${change.name}`, () => handler(change as Change<never>));
    }
  }

  /**
   * A frontend that cannot take a comm_open on answers with comm_close: its widget manager is not there yet, or cannot make the
   * model. The widget is then as before it was opened, so that it can be shown again.
   */
  #closedByFrontend(): void {
    if (this.#heard) {
      this.#close(undefined);
      return;
    }
    this.#status = "new";
    this.#comm = undefined;
    this.#changed.forgetLate();
    registry.delete(this.#modelId);
  }

  #close(comm: Comm | undefined): void {
    if (this.#status === "closed") return;
    this.#status = "closed";
    this.#comm = undefined;
    registry.delete(this.#modelId);
    try {
      comm?.close();
    } finally {
      this.#guard("closing", () => this[ON_CLOSE]());
      this.#observers.clear();
      this.#callbacks = [];
      this.#changed.forgetLate();
      this.#closeParts();
    }
  }

  /** Closes the layout and style that came with the widget, unless another open widget has them too. */
  #closeParts(): void {
    for (const part of this.#parts) {
      if (!openWidgets().some((other) => [...other.#values.values()].includes(part))) part.close();
    }
    this.#parts.clear();
  }

  /** Runs a handler: what it throws, at once or later, is reported and stops nothing. */
  #guard(during: string, handler: () => unknown): void {
    const report = (error: unknown): void => {
      try {
        this[REPORT](error, during);
      } catch (reportError) {
        const texts = [error, reportError].map(errorText).join("; then, in reporting it: ");
        process.stderr.write(`${this.constructor.name}, ${during}: ${texts}\n`);
      }
    };
    try {
      const result = handler();
      if (result instanceof Promise) result.catch(report);
    } catch (error) {
      report(error);
    }
  }
}

defineTraits(
  Widget,
  { _view_count: nullable(integer(0, { min: 0 })) },
  {
    model: { module: "@jupyter-widgets/base", version: "2.0.0", name: "WidgetModel" },
    view: undefined,
  },
);

/** Whether echo_update is sent: on, unless JUPYTER_WIDGETS_ECHO says no, by the words that ipywidgets knows. */
function echoIsOn(): boolean {
  const setting = process.env["JUPYTER_WIDGETS_ECHO"]?.toLowerCase();
  return setting === undefined || !["no", "n", "false", "off", "0", "0.0"].includes(setting);
}
