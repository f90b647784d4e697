/** What the state of its kernel means for a picture. */
import type { Disposable } from "../protocol/transport";
import { Disposables, type MarkContent } from "../view/index";
import { isCut, isSaved, onKernelChange } from "./kernelLink";
import type { PictureModel } from "./pictureModel";
import { pageTranslation } from "./translation";

/** Milliseconds that a kernel may be busy, and a picture still, before the picture says so. */
export const BUSY_AFTER_MS = 1000;

/** Milliseconds of that in which the kernel may answer: it then runs a cell that waits. */
const ANSWER_MS = 500;

const BUSY_TEXT = "The kernel is busy. In a loop, `await new Promise(setImmediate)` lets it draw.";

/** The model that is watched, and who is notified. */
interface Watched {
  readonly model: PictureModel;
  /** Whether the kernel answers within a second. */
  answers(): Promise<boolean>;
  /** The content changes. */
  onChange(content: MarkContent | undefined): void;
}

/** Watches the kernel of a model, for a mark over its picture. */
export class KernelState implements Disposable {
  readonly #watched: Watched;
  readonly #parts = new Disposables();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busySince: number | undefined;
  /** When it painted a frame or answered. */
  #lastAlive = -Infinity;
  #link = "connected";
  #shown: string | undefined;

  constructor(watched: Watched) {
    this.#watched = watched;
    const { model } = watched;
    this.#parts.add(
      onKernelChange(model, ({ status, connection }) => {
        if (status !== "busy") this.#busySince = undefined;
        else this.#busySince ??= performance.now();
        this.#link = connection;
        this.#update();
      }),
    );
    const update = (): void => this.#update();
    model.on("comm_live_update change:_status", update);
    this.#parts.addCallback(() => model.off("comm_live_update change:_status", update));
    this.#parts.addCallback(() => clearTimeout(this.#timer));
  }

  /** A frame was painted. */
  painted(): void {
    this.#lastAlive = performance.now();
    if (this.#shown === pageTranslation.translate(BUSY_TEXT)) this.#update();
  }

  dispose(): void {
    this.#parts.dispose();
  }

  #update(): void {
    clearTimeout(this.#timer);
    const content = this.#content();
    if (content?.text !== this.#shown) this.#watched.onChange(content);
    this.#shown = content?.text;
  }

  #content(): MarkContent | undefined {
    const { model } = this.#watched;
    if (isSaved(model)) return undefined;
    if (isCut(model) || !model.comm_live) {
      return marked("error", "The kernel was restarted or has ended. Run the cell again.");
    }
    if (this.#link !== "connected") {
      return marked("wait", "No connection to the kernel. Trying again.");
    }
    const own = ownStatus(model.get("_status"));
    if (own?.kind === "error") return own;
    return this.#isBusy() ? marked("wait", BUSY_TEXT) : own;
  }

  /** Whether the kernel computes: it neither sends frames nor answers. Looks again in time. */
  #isBusy(): boolean {
    if (this.#busySince === undefined) return false;
    const since = Math.max(this.#busySince, this.#lastAlive);
    const left = since + BUSY_AFTER_MS - performance.now();
    const isBusy = left <= 0;
    const untilAsked = isBusy ? BUSY_AFTER_MS : left - ANSWER_MS;
    this.#timer =
      untilAsked > 0
        ? setTimeout(() => this.#ask(), untilAsked)
        : setTimeout(() => this.#update(), left);
    return isBusy;
  }

  #ask(): void {
    this.#update();
    void this.#watched.answers().then((isAlive) => {
      if (!isAlive || this.#parts.isDisposed) return;
      this.#lastAlive = performance.now();
      this.#update();
    });
  }
}

function marked(kind: MarkContent["kind"], text: string): MarkContent {
  return { kind, text: pageTranslation.translate(text) };
}

/** What the kernel says about the picture. */
function ownStatus(value: unknown): MarkContent | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, text } = value as { readonly kind?: unknown; readonly text?: unknown };
  if ((kind !== "error" && kind !== "empty") || typeof text !== "string") return undefined;
  return { kind, text };
}
