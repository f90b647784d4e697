import { ChangeDetector, isCellMap, type Changes } from "../changes/changes";
import type { CellMap } from "../changes/cellMap";
import { copyRect } from "../changes/cropFrame";
import type { Memory } from "../runtime";
import type { RawFrame } from "../source/frame";
import { FramePool, isKeptFrame, type KeptFrame } from "../source/framePool";
import type { SharedFrames } from "./sharedFrames";

/**
 * A session's copies of the user's frames, and what changes from one to the next. The user may draw
 * over a frame as soon as it was kept.
 */
export class PictureMemory {
  readonly #shared: SharedFrames | undefined;
  readonly #pool: FramePool;
  readonly #detector: ChangeDetector;

  /** @param shared - compares for all sessions that show the same frames */
  constructor(memory: Memory, shared: SharedFrames | undefined) {
    this.#pool = new FramePool(memory);
    this.#detector = new ChangeDetector(memory);
    this.#shared = shared;
  }

  /**
   * What changes from a frame that was kept to one that may still be the user's.
   *
   * @param choose - which cells to send of those that changed, scattered over the picture;
   *   undefined to send the whole picture
   */
  changes(
    before: KeptFrame,
    pixels: RawFrame,
    choose?: (cells: CellMap) => CellMap | undefined,
  ): Changes {
    const finder = this.#shared;
    const wantsCells = choose !== undefined;
    const found =
      finder?.changes(before, pixels, wantsCells) ??
      this.#detector.find(before, pixels, wantsCells);
    if (!isCellMap(found)) return found;
    const cells = choose?.(found);
    if (cells !== undefined) (finder ?? this.#detector).cellsUsed();
    return cells ?? "everything";
  }

  /** Frees the memory that waits for further frames. */
  trim(): void {
    this.#pool.trim();
  }

  /** Keeps a frame: copies its pixels, unless they lie in a pool already. */
  keep(pixels: RawFrame): KeptFrame {
    return isKeptFrame(pixels) ? pixels.retain() : this.#pool.keep(pixels);
  }

  /**
   * As {@link keep}, but copies only what changed where nothing else holds the frame before. The
   * caller must release that one.
   */
  keepChanges(
    before: KeptFrame | undefined,
    pixels: RawFrame,
    changes: Exclude<Changes, "equal">,
  ): KeptFrame {
    if (isKeptFrame(pixels) || changes === "everything" || before?.isShared !== false) {
      return this.keep(pixels);
    }
    // One copy of the whole frame takes less time than many copies of cells.
    if (isCellMap(changes)) return this.keep(pixels);
    for (const rect of changes) copyRect(pixels, before, rect);
    return before.retain();
  }
}
