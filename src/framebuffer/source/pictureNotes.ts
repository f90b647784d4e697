import type { Disposable } from "../../protocol/transport";
import type { Clock } from "../runtime";
import { viewFrame, type RawFrame } from "./frame";
import { noteOn } from "./frameNotes";

/** Seconds after which the picture must still deserve its note: one may fade in from black. */
const NOTE_AFTER_SECONDS = 2;

/** Frames that are looked at. The first ones of a picture may be blank. */
const LOOKS = 10;

/** The picture that notes are on. */
interface NotedPicture {
  readonly clock: Pick<Clock, "delay">;
  /** The newest frame; undefined before the first. */
  readonly lastFrame: () => RawFrame | undefined;
  /** Prints the note. Called once at most. */
  note(text: string): void;
}

/** Gives a picture one note at most, early on: see {@link noteOn}. */
export class PictureNotes implements Disposable {
  readonly #picture: NotedPicture;
  #looks = LOOKS;
  #timer: Disposable | undefined;

  constructor(picture: NotedPicture) {
    this.#picture = picture;
  }

  /** Looks at what get_frame() returned, which need not be a frame. */
  lookAtResult(result: unknown): void {
    if (this.#looks === 0) return;
    try {
      this.look(viewFrame(result));
    } catch {
      // The session that shows the frame reports it.
    }
  }

  /** Looks at a frame. */
  look(frame: RawFrame | undefined): void {
    if (this.#looks === 0 || frame === undefined) return;
    this.#looks -= 1;
    const text = noteOn(frame);
    if (text === undefined) return;
    this.#looks = 0;
    const { clock, lastFrame } = this.#picture;
    this.#timer = clock.delay(NOTE_AFTER_SECONDS, () => {
      const last = lastFrame();
      if (last !== undefined && noteOn(last) === text) this.#picture.note(text);
    });
  }

  dispose(): void {
    this.#looks = 0;
    this.#timer?.dispose();
  }
}
