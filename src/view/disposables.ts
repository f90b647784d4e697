/** Releases several disposables together. */
import type { Disposable } from "../protocol/transport";

/** Owns disposables and releases them together, newest first. */
export class Disposables implements Disposable {
  readonly #owned: Disposable[] = [];
  #isDisposed = false;

  /** Whether {@link dispose} was called. */
  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /**
   * Takes ownership of a disposable. Disposes it immediately if this collection is disposed
   * already.
   */
  add<Owned extends Disposable>(owned: Owned): Owned {
    if (this.#isDisposed) owned.dispose();
    else this.#owned.push(owned);
    return owned;
  }

  /** Adds a function to call on disposal. */
  addCallback(dispose: () => void): void {
    this.add({ dispose });
  }

  /** Listens to DOM events until this collection is disposed. */
  listen<Type extends keyof HTMLElementEventMap>(
    target: EventTarget,
    type: Type,
    listener: (event: HTMLElementEventMap[Type]) => void,
    options?: AddEventListenerOptions,
  ): void;
  listen(
    target: EventTarget,
    type: string,
    listener: (event: Event) => void,
    options?: AddEventListenerOptions,
  ): void;
  listen(
    target: EventTarget,
    type: string,
    listener: (event: never) => void,
    options?: AddEventListenerOptions,
  ): void {
    const handler = listener as EventListener;
    target.addEventListener(type, handler, options);
    this.addCallback(() => target.removeEventListener(type, handler, options));
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const owned of this.#owned.splice(0).reverse()) owned.dispose();
  }
}
