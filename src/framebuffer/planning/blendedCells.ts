import { cellsCovered, cellsOver, cellsTouched, type CellRange } from "../changes/bands";
import { CellMap } from "../changes/cellMap";
import type { RawFrame } from "../source/frame";
import { blendsBlocks, type FramePlan } from "./framePlan";

/**
 * The cells of the shown picture whose edges may show colours of their neighbours: decoders blend
 * JPEG's blocks with 4:2:0, and scaling blends everything. If a neighbour changes, such a cell has
 * to be sent as well. Cells that were sent in an atlas are no longer blended.
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
      for (const rect of plan.rects) {
        if (isBlended) this.#fill(1, cellsTouched(rect));
        else this.#fill(0, cellsCovered(rect, { width, height }));
      }
      return;
    }
    this.#columns = cellsOver(width);
    const length = this.#columns * cellsOver(height);
    if (this.#marks.length !== length) this.#marks = new Uint8Array(length);
    this.#marks.fill(isBlended ? 1 : 0);
  }

  #fill(value: number, { columns, rows }: CellRange): void {
    if (columns.end <= columns.start) return;
    for (
      let row = rows.start * this.#columns;
      row < rows.end * this.#columns;
      row += this.#columns
    ) {
      this.#marks.fill(value, row + columns.start, row + columns.end);
    }
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
