import type { Disposable } from "../protocol/transport";
import { toBytes } from "./bufferPaths";
import { DOMWidget, type DOMWidgetOptions } from "./domWidget";
import { fieldTrait } from "./fieldTraits";
import {
  checkModule,
  loadSource,
  readText,
  type LoadedSource,
  type ModuleSource,
} from "./moduleSource";
import { widgetRuntime } from "./runtime";
import { fromKernelOnly, string } from "./traits";
import { defineTraits, traitsOf, type AnyTrait, type WidgetIdentity } from "./widgetClass";
import {
  ADD_TRAITS,
  ON_CLOSE,
  ON_LEAVE,
  ON_OPEN,
  REPORT,
  SET_TRAIT,
  STATUS,
  TAKE_FIELDS,
} from "./widgetHooks";

/** Anywidget's own model and view, which load a widget's module. */
export const ANYWIDGET: WidgetIdentity = {
  model: { module: "anywidget", version: "~0.11.*", name: "AnyModel" },
  view: { module: "anywidget", version: "~0.11.*", name: "AnyView" },
};

/** Seconds in which an editor may write a file several times. */
const SETTLE_TIME = 0.05;

type StaticName = "_esm" | "_css";

/**
 * The kernel side of an anywidget: `static _esm` is the module that the page loads, and the class's
 * fields are its model's state. A field is synchronised in both directions from the moment when the
 * widget is shown, observed or linked, and accepts values of its first one's type, or any JSON,
 * bytes or widget if that is null. A `#field`, a function, and a field without a value stay in the
 * kernel.
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
   *   a file can't be read.
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

  /**
   * Sends a custom message to the widget's model in every page, as {@link DOMWidget.send}.
   *
   * @param buffers - Binary data of any kind. The page gets each as a DataView.
   */
  override send(content: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[] = []): void {
    super.send(content, buffers.map(toBytes));
  }

  /** See TAKE_FIELDS. */
  override [TAKE_FIELDS](): void {
    if (this[STATUS] === "new") {
      for (const [name, field] of Object.entries(Object.getOwnPropertyDescriptors(this))) {
        const value: unknown = field.value;
        if (value === undefined || typeof value === "function") continue;
        if (!this.#isInherited(name)) this.#takeField(name, value);
      }
    }
    super[TAKE_FIELDS]();
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
    const loaded = loadSource(source, this.#nameOf(name));
    this.#check(name, loaded);
    if (loaded.file !== undefined) this.#files.push([name, loaded.file]);
    return fromKernelOnly(string(loaded.text));
  }

  #nameOf(name: StaticName): string {
    return `${this.constructor.name}: static ${name}`;
  }

  /** @throws TypeError when no page can use it */
  #check(name: StaticName, source: LoadedSource): void {
    if (name === "_esm") checkModule(source, this.#nameOf(name));
  }

  /** Whether a field has the name of a trait that its class has anyway, such as layout. */
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
    Reflect.deleteProperty(this, name);
    this[ADD_TRAITS]({ [name]: trait });
  }

  #watch(): void {
    this.#unwatch();
    for (const [name, file] of this.#files) {
      this.#reload(name, file);
      try {
        this.#watchFile(name, file);
      } catch (error) {
        this[REPORT](error, `watching ${file}`);
      }
    }
  }

  #watchFile(name: StaticName, file: string): void {
    let settling: Disposable | undefined;
    const watcher = widgetRuntime().watchFile(file, () => {
      settling?.dispose();
      settling = widgetRuntime().delay(SETTLE_TIME, () => this.#reload(name, file));
    });
    this.#watchers.push(watcher, { dispose: () => settling?.dispose() });
  }

  #unwatch(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.dispose();
  }

  /** Reports a file that no page can use: the pages keep what they have until the next change. */
  #reload(name: StaticName, file: string): void {
    try {
      const text = readText(file);
      this.#check(name, { text, file });
      this[SET_TRAIT](name, text);
    } catch (error) {
      this[REPORT](error, `reading ${file} again`);
    }
  }
}

defineTraits(AnyWidget, {}, ANYWIDGET);
