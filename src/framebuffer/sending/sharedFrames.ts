import { ChangeDetector, isCellMap, type Changes } from "../changes/changes";
import type { AtlasPlan, ImagePlan, PatchPlan } from "../planning/framePlan";
import type { Memory } from "../runtime";
import type { RawFrame } from "../source/frame";
import type { CodedFrame } from "./codedFrame";

/**
 * Files that are kept of a frame. Viewers that come and go, each with a quality of its own, would
 * fill the memory while the picture rests.
 */
export const MAX_FILES = 8;

/**
 * Work that is done once for all sessions that show the same frames: comparing two frames, and
 * encoding a frame as an image. Frames are identified by their objects, and forgotten with them.
 */
export class SharedFrames {
  readonly #detector: ChangeDetector;
  readonly #changes = new WeakMap<RawFrame, WeakMap<RawFrame, Changes>>();
  /** Whether a session has asked for cells. */
  #wantsCells = false;
  readonly #coded = new WeakMap<RawFrame, Map<string, Promise<CodedFrame>>>();

  constructor(memory: Pick<Memory, "compare">) {
    this.#detector = new ChangeDetector(memory);
  }

  /**
   * What changed from one frame to another: everything where their metadata differ.
   *
   * @param wantsCells - whether the cells of scattered changes are of use to the caller
   */
  changes(before: RawFrame, after: RawFrame, wantsCells = false): Changes {
    if (before === after) return "equal";
    const known = this.#changes.get(before) ?? new WeakMap<RawFrame, Changes>();
    this.#changes.set(before, known);
    const found = known.get(after);
    const isEnough =
      found !== undefined && (found !== "everything" || !this.#lacksCells(wantsCells));
    const changes = isEnough ? found : this.#find(before, after);
    known.set(after, changes);
    return isCellMap(changes) && !wantsCells ? "everything" : changes;
  }

  /** A session sends cells that were found. */
  cellsUsed(): void {
    this.#detector.cellsUsed();
  }

  /** Whether cells are wanted for the first time. From now on they are looked for. */
  #lacksCells(wantsCells: boolean): boolean {
    const lacks = wantsCells && !this.#wantsCells;
    this.#wantsCells ||= wantsCells;
    return lacks;
  }

  #find(before: RawFrame, after: RawFrame): Changes {
    const isAlike = JSON.stringify(before.metadata ?? {}) === JSON.stringify(after.metadata ?? {});
    return isAlike ? this.#detector.find(before, after, this.#wantsCells) : "everything";
  }

  /**
   * A frame encoded as planned: by `encode`, or by one of the last {@link MAX_FILES} calls that
   * encoded it. After a failure the next session tries again.
   *
   * @param library - the choice of a library
   */
  encoded(
    frame: RawFrame,
    plan: ImagePlan | PatchPlan | AtlasPlan,
    library: string,
    encode: () => Promise<CodedFrame>,
  ): Promise<CodedFrame> {
    const known = this.#coded.get(frame) ?? new Map<string, Promise<CodedFrame>>();
    this.#coded.set(frame, known);
    const key = `${library} ${JSON.stringify(plan)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const coded = encode();
    known.set(key, coded);
    const [oldest] = known.keys();
    if (known.size > MAX_FILES && oldest !== undefined) known.delete(oldest);
    coded.catch(() => {
      if (known.get(key) === coded) known.delete(key);
    });
    return coded;
  }
}
