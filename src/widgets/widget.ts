import type { ShownError } from "../protocol/repeatLimit";
import type { SeparatedState } from "./bufferPaths";
import { notifyClosed } from "./closing";
import { describeWidget, hasView, withFields, type InspectArguments } from "./describeWidget";
import { ErrorReports } from "./errorReports";
import { WidgetRoot } from "./fieldTrap";
import { createGuard, type Guard } from "./guard";
import type { MimeBundle, Peer } from "./kernel";
import { checkContent, messageBuffers } from "./messageContent";
import { Observers } from "./observers";
import { addOpenWidget, findWidget, keepOpen, openWidgets, removeOpenWidget } from "./openWidgets";
import { widgetRuntime } from "./runtime";
import { ShownIn } from "./shownIn";
import { integer, nullable } from "./traits";
import { defineTraits, takeHidingFields, traitsOf, type AnyTrait } from "./widgetClass";
import { WidgetComm } from "./widgetComm";
import {
  ADD_TRAITS,
  BEFORE_OPEN,
  DISPLAY,
  GET_TRAIT,
  LEAVE,
  ON_CHANGE,
  ON_CLOSE,
  ON_LEAVE,
  ON_OPEN,
  ON_STATE_REQUEST,
  OPEN,
  REFERENCE,
  REPORT,
  SET_TRAIT,
  SHOW_ERROR,
  SHOWN_IN,
  STATE_VALUES,
  STATUS,
  TAKE_FIELDS,
  WIDGET_VIEW,
  WIRE_STATE,
  type Keeper,
  type SetTraitOptions,
  type WidgetStatus,
} from "./widgetHooks";
import { WidgetState, type TraitChange } from "./widgetState";
import type { MessageCallback, WidgetOptions } from "./widgetTypes";

export type { MessageCallback, WidgetOptions } from "./widgetTypes";

/** What an observer receives. */
export interface Change<T = unknown> {
  /** Always "change". */
  readonly type: "change";
  /** The trait that changed. */
  readonly name: string;
  /** Its value until now. */
  readonly old: T;
  /** Its value from now on. */
  readonly new: T;
  /** The widget that the trait belongs to. */
  readonly owner: Widget;
}

/**
 * The kernel side of a widget: traits that are kept the same here and in every frontend, and custom
 * messages in both directions, by version 2.1 of the widget messaging protocol.
 *
 * The comm opens when the widget is displayed, when an open widget's state refers to it, or when it
 * sends. It closes when the cell that did so runs again, or its output was deleted, and nothing
 * else shows the widget; then, or if no frontend accepted it, it opens again at the next of these.
 * An open widget stays in memory.
 *
 * All internal fields are `#private` and all internal methods have symbols as keys, so that a
 * subclass is free to use any other name.
 */
export class Widget extends WidgetRoot {
  readonly #state = new WidgetState(traitsOf(this));
  readonly #observers = new Observers<(change: Change<never>) => unknown>();
  readonly #guard: Guard = createGuard(this);
  readonly #errors = new ErrorReports(this);
  readonly #shownIn = new ShownIn();
  #callbacks: readonly MessageCallback[] = [];
  readonly #comm = new WidgetComm(this.#state, {
    beforeOpen: () => this[BEFORE_OPEN](),
    onOpen: () => {
      addOpenWidget(this);
      this.#guard("opening", () => this[ON_OPEN]());
    },
    onLeave: () => removeOpenWidget(this),
    onClose: () => this.#finish(),
    onChange: (change) => this.#notify(change),
    onStateRequest: () => this[ON_STATE_REQUEST](),
    onCustom: (...message) => this.#receiveCustom(...message),
    runShown: (callback) => this.#shownIn.run(callback),
    findModel: findWidget,
    guard: this.#guard,
  });

  /**
   * @param options - Initial values of traits, by name.
   * @throws TypeError for an unknown option; TypeError or RangeError for a value that its trait
   *   rejects.
   */
  constructor(options: WidgetOptions = {}) {
    super();
    this.#state.initialize(options, this);
  }

  /** See REFERENCE. */
  get [REFERENCE](): true {
    return true;
  }

  /** The id of the widget's model in every frontend, and of its comm. It never changes. */
  get model_id(): string {
    return this.#comm.id;
  }

  /** Number of views. null (the default) doesn't count them, 0 starts counting. */
  get _view_count(): number | null {
    return this.#state.get("_view_count") as number | null;
  }
  set _view_count(value: number | null) {
    this[SET_TRAIT]("_view_count", value);
  }

  /**
   * Calls a handler whenever a trait has changed.
   *
   * @param handler - What it throws is reported, and later handlers still run.
   * @param names - The trait, or traits. Default: all.
   * @throws TypeError when there is no such trait; Error when the widget is closed.
   */
  observe<Name extends keyof this & string>(
    handler: (change: Change<this[Name]>) => unknown,
    names: Name | readonly Name[],
  ): void;
  observe(handler: (change: Change) => unknown): void;
  observe(handler: (change: Change<never>) => unknown, names?: string | readonly string[]): void {
    if (this.#comm.status === "closed") throw new Error("Cannot observe: the widget is closed");
    this[TAKE_FIELDS]();
    const wanted = typeof names === "string" ? [names] : names;
    for (const name of wanted ?? []) this.#state.trait(name);
    this.#observers.add(handler, wanted);
  }

  /**
   * Stops calling a handler.
   *
   * @param names - The traits to stop for. Default: all, whichever were given to observe.
   */
  unobserve(handler: (change: Change<never>) => unknown, names?: string | readonly string[]): void {
    const unwanted = typeof names === "string" ? [names] : names;
    this.#observers.remove(handler, unwanted, this.#state.traits.keys());
  }

  /**
   * Sends a custom message to the widget's model in every frontend. Does nothing once the outputs
   * that showed the widget are gone, until it is shown again: its models are gone too.
   *
   * @param content - JSON, and objects that have toJSON(), such as a Date.
   * @param buffers - Binary data that accompanies it. It must not change afterwards. The page gets
   *   each as a DataView.
   * @throws TypeError or RangeError for other content, which names the place in it; Error when the
   *   widget is closed, or there is no kernel.
   */
  send(content: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    checkContent(content);
    const bytes = messageBuffers(buffers);
    if (this.#comm.status === "new") this[OPEN]("cell");
    this.#comm.sendCustom(content, bytes);
  }

  /**
   * Calls a callback for each custom message from a frontend.
   *
   * @param remove - true stops calling it. Default: false.
   * @throws Error when the widget is closed.
   */
  on_msg(callback: MessageCallback, remove = false): void {
    if (this.#comm.status === "closed" && !remove) {
      throw new Error("Cannot listen to messages: the widget is closed");
    }
    const others = this.#callbacks.filter((known) => known !== callback);
    this.#callbacks = remove ? others : [...others, callback];
  }

  /**
   * Sends everything that the callback sets as one update, after the callback has returned or
   * thrown. Observers are still called at once.
   */
  hold_sync<T>(callback: () => T): T {
    return this.#comm.hold(callback);
  }

  /**
   * Closes the widget: its views disappear from every frontend, and it can't be shown again. A
   * second call does nothing.
   */
  close(): void {
    this.#comm.close();
  }

  /** Returns the bundle that shows the widget. Opens the comm. */
  [DISPLAY](): MimeBundle {
    const isShown = this.#comm.status !== "closed" && hasView(this.#state.get("_view_name"));
    if (!isShown) return { "text/plain": this.#describe() };
    this[OPEN]("cell");
    this.#shownIn.shown(true);
    const view = { version_major: 2, version_minor: 0, model_id: this.#comm.id };
    return { [WIDGET_VIEW]: view, "text/plain": this.#describe() };
  }

  /** What console.log prints. A prototype, which is no widget, is left to it. */
  [Symbol.for("nodejs.util.inspect.custom")](...how: InspectArguments): unknown {
    return #comm in this ? withFields(this.#describe(), this, how) : this;
  }

  /** See STATUS. */
  get [STATUS](): WidgetStatus {
    return this.#comm.status;
  }

  /** See OPEN. */
  [OPEN](keeper: Keeper): void {
    this.#comm.open();
    keepOpen(this, keeper);
    this.#shownIn.shown(false);
  }

  /** See LEAVE. */
  [LEAVE](): void {
    if (this.#comm.status !== "open") return;
    this.#guard("leaving", () => this.#comm.leave());
    this.#guard("leaving", () => this[ON_LEAVE]());
    this.#shownIn.left();
  }

  /** See SHOWN_IN. */
  get [SHOWN_IN](): ShownIn {
    return this.#shownIn;
  }

  /** See STATE_VALUES. */
  get [STATE_VALUES](): Iterable<unknown> {
    return this.#state.values;
  }

  /** See WIRE_STATE. */
  [WIRE_STATE](): SeparatedState {
    return this.#state.wireState();
  }

  /** See GET_TRAIT. */
  [GET_TRAIT](name: string): unknown {
    return this.#state.get(name);
  }

  /** See SET_TRAIT. */
  [SET_TRAIT](name: string, value: unknown, { later = false }: SetTraitOptions = {}): void {
    const changes = this.#state.set(name, value);
    this.#comm.sendChanges(changes, later);
    for (const change of changes) this.#notify(change);
  }

  /** See ADD_TRAITS. */
  [ADD_TRAITS](table: Readonly<Record<string, AnyTrait>>): void {
    defineTraits({ prototype: this }, table);
    this.#state.useTraits(traitsOf(this));
  }

  /** See TAKE_FIELDS. */
  [TAKE_FIELDS](): void {
    for (const [name, value] of takeHidingFields(this)) this[SET_TRAIT](name, value);
  }

  /** See BEFORE_OPEN. */
  [BEFORE_OPEN](): void {
    this[TAKE_FIELDS]();
  }

  /** See ON_OPEN. */
  [ON_OPEN](): void {}

  /** See ON_LEAVE. */
  [ON_LEAVE](): void {}

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
    this.#errors.add(error, during);
  }

  /** See SHOW_ERROR. */
  [SHOW_ERROR]({ line }: ShownError): void {
    widgetRuntime().logError(line);
  }

  #describe(): string {
    return describeWidget(this, this.#state.describedValues(), this.#comm.status === "closed");
  }

  #notify({ name, old, new: value }: TraitChange): void {
    const change: Change = { type: "change", name, old, new: value, owner: this };
    this.#guard(`a change of ${name}`, () => this[ON_CHANGE](change));
    for (const handler of this.#observers.of(name)) {
      // observe() took the handler for this trait, so it accepts values of this trait's type.
      this.#guard(`an observer of ${name}`, () => handler(change as Change<never>));
    }
  }

  #receiveCustom(content: unknown, buffers: readonly Uint8Array[], peer: Peer | undefined): void {
    for (const callback of this.#callbacks) {
      this.#guard("a callback of on_msg", () => callback(content, buffers, peer));
    }
  }

  /** Runs the hook while the handlers still exist, then releases them and closes the parts. */
  #finish(): void {
    this.#guard("closing", () => this[ON_CLOSE]());
    this.#errors.dispose();
    this.#observers.clear();
    this.#callbacks = [];
    notifyClosed(this);
    // A part, such as a layout, may be shared with another open widget. The user's own aren't
    // parts.
    for (const part of this.#state.releaseParts()) {
      const isShared = openWidgets().some((other) => [...other[STATE_VALUES]].includes(part));
      if (!isShared) part.close();
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
