import { errorMessage } from "../../protocol/errors";
import { isPromiseLike } from "../../protocol/promiseLike";
import type { Disposable } from "../../protocol/transport";
import type { Clock } from "../runtime";
import type { RawFrame } from "./frame";
import { HAS_GET_FRAME, misnamedMethod, type FrameSource, type MaybeFrame } from "./frameSource";
import { PictureNotes } from "./pictureNotes";

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
  readonly source: FrameSource;
  readonly clock: Pick<Clock, "delay">;
  /** The newest frame; undefined before the first. */
  readonly lastFrame: () => RawFrame | undefined;
  /** Gets each new status: null if nothing is wrong. */
  show(status: PictureStatus | null): void;
  /** Prints a note on a picture that is shown, but probably not what was meant. */
  note(text: string): void;
}

type Outcome = "not called" | "undefined" | "null" | "pending" | "frame";

const RETURN = "End get_frame() with: return { data, shape: [height, width, 3] }";

/** What get_frame() returned last, if there is no frame yet. */
const REASONS: Readonly<Record<Exclude<Outcome, "frame">, string>> = {
  "not called": "get_frame() has not been called",
  undefined: `get_frame() returned undefined. Is a \`return\` missing? ${RETURN}`,
  null: `get_frame() returned null, which draws nothing. ${RETURN}`,
  pending: "the Promise of get_frame() has not settled. What it awaits has not ended",
};

/** Finds out why a source shows nothing, or an old picture. */
export class PictureStatusWatch implements Disposable {
  readonly #watched: WatchedSource;
  readonly #notes: PictureNotes;
  #outcome: Outcome = "not called";
  #error: string | undefined;
  #timer: Disposable | undefined;
  #isDue = false;
  #shown: string | undefined;

  constructor(watched: WatchedSource) {
    this.#watched = watched;
    this.#notes = new PictureNotes(watched);
  }

  /** Notes what a call of get_frame() gives. */
  watch(result: MaybeFrame | Promise<MaybeFrame>): typeof result {
    if (isPromiseLike(result)) {
      this.#outcome = "pending";
      // The code that waits for the frame reports a rejection.
      result.then(
        (frame) => this.#note(frame),
        () => undefined,
      );
    } else this.#note(result);
    return result;
  }

  /** get_frame() failed, or returned something that isn't a frame. */
  failed(error: unknown): void {
    this.#error = errorMessage(error);
    this.#update();
  }

  /** Someone can see the picture, or nobody any more. */
  setVisible(isVisible: boolean): void {
    this.#timer?.dispose();
    this.#isDue = false;
    if (!isVisible || this.#hasFrame) return;
    this.#timer = this.#watched.clock.delay(EMPTY_AFTER_SECONDS, () => {
      this.#isDue = true;
      this.#update();
    });
  }

  /** There may be a frame now. */
  frameCame(): void {
    this.#error = undefined;
    this.#notes.look(this.#watched.lastFrame());
    this.#update();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#notes.dispose();
  }

  get #hasFrame(): boolean {
    return this.#watched.lastFrame() !== undefined;
  }

  #note(frame: unknown): void {
    if (frame === null || frame === undefined) {
      this.#outcome = frame === null ? "null" : "undefined";
    } else {
      this.#outcome = "frame";
      // Whether it is one is found out after this, and reported if not.
      this.#error = undefined;
      this.#notes.lookAtResult(frame);
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
    if (!this.#isDue || outcome === "frame" || this.#hasFrame) return null;
    return { kind: "empty", text: `Nothing drawn yet: ${this.#reason(outcome)}` };
  }

  #reason(outcome: keyof typeof REASONS): string {
    const { source } = this.#watched;
    if (source[HAS_GET_FRAME] !== false) return REASONS[outcome];
    const { name } = source.constructor;
    const mistaken = misnamedMethod(source);
    return mistaken === undefined
      ? `${name} has no get_frame(), and send_frame() was not called`
      : `${name} has ${mistaken}() but no get_frame(). Rename it to get_frame()`;
  }
}
