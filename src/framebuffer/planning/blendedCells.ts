import { CELL_SIZE, cellsOver } from "../changes/bands";
import { CellMap } from "../changes/cellMap";
import type { RawFrame } from "../source/frame";
import { blendsBlocks, type FramePlan } from "./framePlan";

/**
 * The cells of the shown picture whose edges may show colours of their neighbours, as decoders
 * blend JPEG's blocks with 4:2:0, and scaling does everything. If a neighbour changes, they have to
 * be sent as well. Cells of an atlas stand alone: after a first one, what moves is no longer
 * blended.
 */
export class BlendedCells {
  #marks = new Uint8Array();
  #columns = 0;

  /** A frame goes to the encoder in this form. */
  record({ channels, height, width }: RawFrame, plan: FramePlan): void {
    if (plan.form === "atlas") {
      const { marks } = plan.cells;
      for (let cell = 0; cell < marks.length; cell++) if (marks[cell] !== 0) this.#marks[cell] = 0;
      return;
    }
    const isBlended =
      plan.form === "video" ||
      plan.scale < 1 ||
      (!plan.lossless && blendsBlocks(plan, { channels }));
    if (plan.form === "patches") {
      if (!isBlended) return;
      for (const { x, y, width: across, height: down } of plan.rects) {
        const [left, right] = [Math.floor(x / CELL_SIZE), cellsOver(x + across)];
        for (let row = Math.floor(y / CELL_SIZE); row < cellsOver(y + down); row++) {
          this.#marks.fill(1, row * this.#columns + left, row * this.#columns + right);
        }
      }
      return;
    }
    this.#columns = cellsOver(width);
    const length = this.#columns * cellsOver(height);
    if (this.#marks.length !== length) this.#marks = new Uint8Array(length);
    this.#marks.fill(isBlended ? 1 : 0);
  }

  /** The cells, and the blended ones around them. */
  around(cells: CellMap): CellMap {
    const blended = this.#marks;
    const { columns, marks } = cells;
    if (blended.length !== marks.length || !blended.includes(1)) return cells;
    const grown = marks.slice();
    for (let cell = 0; cell < marks.length; cell++) {
      if (marks[cell] === 0) continue;
      const column = cell % columns;
      const left = column === 0 ? 0 : -1;
      const right = column === columns - 1 ? 0 : 1;
      for (let row = cell - columns; row <= cell + columns; row += columns) {
        for (let at = row + left; at <= row + right; at++) if (blended[at] === 1) grown[at] = 1;
      }
    }
    return new CellMap(grown, columns);
  }
}
