import { errorMessage } from "../../protocol/errors";
import type { Disposable } from "../../protocol/transport";
import type { Clock } from "../runtime";
import type { MaybeFrame } from "./frameSource";

/** Seconds that a visible view may be empty before it says why. */
export const EMPTY_AFTER_SECONDS = 2;

/** Longest text of a status, in characters. */
const MAX_TEXT = 300;

/** What is wrong with a source's picture, for people. */
export interface PictureStatus {
  readonly kind: "error" | "empty";
  readonly text: string;
}

/** The source whose picture it is. */
export interface WatchedSource {
  readonly source: object;
  readonly clock: Pick<Clock, "delay">;
  /** Whether its class has a get_frame() of its own. */
  readonly hasMethod: () => boolean;
  /** Whether there was a frame yet. */
  readonly hasFrame: () => boolean;
  /** Gets each new status: null if nothing is wrong. */
  show(status: PictureStatus | null): void;
}

type Outcome = "not called" | "undefined" | "null" | "pending" | "frame";

/** What get_frame() returned last, if there is no frame yet. */
const REASONS: Readonly<Record<Exclude<Outcome, "frame">, string>> = {
  "not called": "get_frame() has not been called",
  undefined: "get_frame() returned undefined. Is a `return` missing?",
  null: "get_frame() returned null",
  pending: "the Promise of get_frame() has not settled",
};

/** Names that people give to the method that has to be get_frame(). */
const MISTAKEN = ["getFrame", "get_Frame", "getframe", "get_frames", "render", "draw"];

/** Finds out why a source shows nothing, or an old picture. */
export class PictureStatusWatch implements Disposable {
  readonly #watched: WatchedSource;
  #outcome: Outcome = "not called";
  #error: string | undefined;
  #timer: Disposable | undefined;
  #isDue = false;
  #shown: string | undefined;

  constructor(watched: WatchedSource) {
    this.#watched = watched;
  }

  /** Notes what a call of get_frame() gives. */
  watch(result: MaybeFrame | Promise<MaybeFrame>): typeof result {
    if (result instanceof Promise) {
      this.#outcome = "pending";
      // A rejection is reported by whoever waits for the frame.
      result.then(
        (frame) => this.#note(frame),
        () => undefined,
      );
    } else this.#note(result);
    return result;
  }

  /** get_frame() failed, or gave something that is no frame. */
  failed(error: unknown): void {
    this.#error = errorMessage(error);
    this.#update();
  }

  /** Someone can see the picture, or nobody any more. */
  setVisible(isVisible: boolean): void {
    this.#timer?.dispose();
    this.#isDue = false;
    if (!isVisible || this.#watched.hasFrame()) return;
    this.#timer = this.#watched.clock.delay(EMPTY_AFTER_SECONDS, () => {
      this.#isDue = true;
      this.#update();
    });
  }

  /** There may be a frame now. */
  frameCame(): void {
    this.#error = undefined;
    this.#update();
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #note(frame: unknown): void {
    if (frame === null || frame === undefined) {
      this.#outcome = frame === null ? "null" : "undefined";
    } else {
      this.#outcome = "frame";
      // Whether it is one is found out after this, and reported if not.
      this.#error = undefined;
    }
    this.#update();
  }

  #update(): void {
    const status = this.#status();
    const text = status === null ? undefined : `${status.kind} ${status.text}`;
    if (text === this.#shown) return;
    this.#shown = text;
    this.#watched.show(status);
  }

  #status(): PictureStatus | null {
    const text = this.#error;
    if (text !== undefined)
      return { kind: "error", text: `get_frame(): ${text}`.slice(0, MAX_TEXT) };
    const outcome = this.#outcome;
    if (!this.#isDue || outcome === "frame" || this.#watched.hasFrame()) return null;
    return { kind: "empty", text: `Nothing drawn yet: ${this.#reason(outcome)}` };
  }

  #reason(outcome: keyof typeof REASONS): string {
    const { source } = this.#watched;
    if (this.#watched.hasMethod()) return REASONS[outcome];
    const { name } = source.constructor;
    const mistaken = MISTAKEN.find((method) => method in source);
    return mistaken === undefined
      ? `${name} has no get_frame(), and send_frame() was not called`
      : `${name} has ${mistaken}() but no get_frame(). Rename it to get_frame()`;
  }
}
