import { PlainError } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import { DOMWidget, type DOMWidgetOptions } from "./domWidget";
import { fieldTrait } from "./fieldTraits";
import { createGuard } from "./guard";
import { followFile } from "./moduleFiles";
import { loadSource, moduleProblem, type ModuleSource, type StaticName } from "./moduleSource";
import { widgetRuntime } from "./runtime";
import { fromKernelOnly, string } from "./traits";
import { defineTraits, traitsOf, type AnyTrait, type WidgetIdentity } from "./widgetClass";
import {
  ADD_TRAITS,
  ON_CLOSE,
  ON_FIELD,
  ON_LEAVE,
  ON_OPEN,
  OPTION_HINT,
  REPORT,
  SET_TRAIT,
  SHOWN_IN,
  STATUS,
} from "./widgetHooks";

/** Anywidget's own model and view, which load a widget's module. */
export const ANYWIDGET: WidgetIdentity = {
  model: { module: "anywidget", version: "~0.11.*", name: "AnyModel" },
  view: { module: "anywidget", version: "~0.11.*", name: "AnyView" },
};

/**
 * The kernel side of an anywidget: `static _esm` is the module that the page loads, and the class's
 * fields are its model's state, synchronised in both directions. The first value of a field, which
 * the class gives it, is checked in the constructor. It decides what the field accepts from then
 * on: values of its type, or any JSON, bytes or widget if it is null. These stay in the kernel:
 * `#private` fields, functions, and fields that have no value before the widget is first shown.
 *
 *     class Counter extends AnyWidget {
 *       static _esm = `export default { render({ model, el }) { ... } }`;
 *       count = 0;
 *     }
 *
 * Arrays and objects are frozen copies: assign a new one to change them. The page needs anywidget
 * 0.11.
 *
 * @see https://anywidget.dev/en/afm/
 */
export class AnyWidget extends DOMWidget {
  /**
   * The page's module, with a default export `{ render }` or `{ initialize, render }`. With
   * ANYWIDGET_HMR=1 in the kernel's environment, a page loads a changed file again.
   */
  static readonly _esm?: ModuleSource;
  /** The style of the page's elements. */
  static readonly _css?: ModuleSource;

  /** The files of the module and the style. */
  readonly #files: (readonly [name: StaticName, file: string])[] = [];
  readonly #watchers: Disposable[] = [];

  /**
   * @param options - Initial values of a DOMWidget's traits.
   * @throws TypeError when the class has no `static _esm`, or one that no page can use; Error when
   *   a file can't be read. The constructor of the class then throws TypeError or RangeError for a
   *   field with a value that can't be sent.
   */
  constructor(options?: DOMWidgetOptions) {
    super(options);
    const { _esm, _css, name } = this.constructor as typeof AnyWidget;
    if (_esm === undefined || _esm === "") {
      throw new TypeError(
        `${name}: expected a static field _esm with the text, path or URL of the page's module, got none`,
      );
    }
    const sources = {
      _esm: this.#load("_esm", _esm),
      _css: this.#load("_css", _css === undefined ? "" : _css),
    };
    this[ADD_TRAITS]({
      ...sources,
      _anywidget_id: fromKernelOnly(string(`jupyter-rfb-ts.${name}`)),
    });
  }

  /** See ON_FIELD. */
  [ON_FIELD](name: string, value: unknown): boolean {
    const isNew = this[STATUS] === "new";
    if (this.#isInherited(name) || (!isNew && traitsOf(this).has(name))) {
      this[SET_TRAIT](name, value);
      return true;
    }
    if (isNew) this.#takeField(name, value);
    return isNew;
  }

  /** See OPTION_HINT. */
  [OPTION_HINT](name: string): string {
    return `; if ${name} is a field, assign it after construction, or in the class's constructor`;
  }

  override [ON_OPEN](): void {
    super[ON_OPEN]();
    if (widgetRuntime().environmentVariable("ANYWIDGET_HMR") === "1") this.#watch();
  }

  override [ON_LEAVE](): void {
    super[ON_LEAVE]();
    this.#unwatch();
  }

  override [ON_CLOSE](): void {
    super[ON_CLOSE]();
    this.#unwatch();
  }

  #load(name: StaticName, source: unknown): AnyTrait {
    const where = `${this.constructor.name}: static ${name}`;
    const loaded = loadSource(source, where);
    const problem = name === "_esm" ? moduleProblem(loaded) : undefined;
    if (problem !== undefined) throw new TypeError(`${where}: ${problem}`);
    if (loaded.file !== undefined) this.#files.push([name, loaded.file]);
    return fromKernelOnly(string(loaded.text));
  }

  /** Whether a field has the name of a trait that all anywidgets have, such as layout. */
  #isInherited(name: string): boolean {
    return traitsOf(Object.getPrototypeOf(this) as object).has(name);
  }

  #takeField(name: string, value: unknown): void {
    const where = `${this.constructor.name}.${name}`;
    if (name === "_esm" || name === "_css") {
      throw new TypeError(`${where}: expected a static field, as all instances share it`);
    }
    if (name in AnyWidget.prototype) {
      throw new TypeError(`${where}: expected another name, as widgets have a ${name} already`);
    }
    const trait = fieldTrait(value, where);
    // A field without a value, or that of a base class.
    Reflect.deleteProperty(this, name);
    this[ADD_TRAITS]({ [name]: trait });
  }

  #watch(): void {
    this.#unwatch();
    const guard = createGuard(this);
    for (const [name, file] of this.#files) {
      const follower = {
        setText: (text: string) =>
          this.#inCell(() => guard(`updating ${name}`, () => this[SET_TRAIT](name, text))),
        showProblem: (problem: string, during: string) =>
          this.#inCell(() => this[REPORT](new PlainError(problem), during)),
      };
      this.#watchers.push(followFile(this.constructor, name, file, follower));
    }
  }

  /** Calls back on behalf of the widget's cell, since a file changes on behalf of none. */
  #inCell(callback: () => void): void {
    this[SHOWN_IN].run(callback);
  }

  #unwatch(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.dispose();
  }
}

defineTraits(AnyWidget, {}, ANYWIDGET);
