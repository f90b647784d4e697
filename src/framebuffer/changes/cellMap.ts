import { packCellMap } from "../../protocol/atlas";
import { CELL_SIZE, type Band } from "./bands";

/** Cells of a picture, scattered over it: those that changed, or those that are still lossy. */
export class CellMap {
  /** Of the picture, in cells. */
  readonly columns: number;
  /**
   * One byte for each cell of {@link CELL_SIZE} pixels, row by row; 0 for one that is not in the
   * map. Not to be changed.
   */
  readonly marks: Uint8Array;
  /** How many cells are in the map. */
  readonly count: number;
  /** How many runs they form: cells side by side in a row. */
  readonly runs: number;
  #bits: Uint8Array | undefined;
  #key: string | undefined;

  /** @param marks - any value but 0 for a cell in the map. The map owns the array. */
  constructor(marks: Uint8Array, columns: number) {
    this.marks = marks;
    this.columns = columns;
    let count = 0;
    let runs = 0;
    for (let start = 0; start < marks.length; start += columns) {
      let before = 0;
      for (let cell = start; cell < start + columns; cell++) {
        const mark = marks[cell] === 0 ? 0 : 1;
        count += mark;
        if (mark > before) runs += 1;
        before = mark;
      }
    }
    this.count = count;
    this.runs = runs;
  }

  /** The cells' pixels. Those of cells at the right and bottom edge count in full. */
  get area(): number {
    return this.count * CELL_SIZE * CELL_SIZE;
  }

  /** The cell map of a message. Not to be changed. */
  get bits(): Uint8Array {
    return (this.#bits ??= packCellMap(this.marks));
  }

  /** The map with the cells between two runs that are one cell apart: fewer runs cost less. */
  joined(): CellMap {
    const { columns } = this;
    const marks = this.marks.slice();
    for (let start = 0; start < marks.length; start += columns) {
      for (let cell = start + 1; cell < start + columns - 1; cell++) {
        if (this.marks[cell - 1] !== 0 && this.marks[cell + 1] !== 0) marks[cell] = 1;
      }
    }
    return new CellMap(marks, columns);
  }

  /** The cells as bands of runs, from the top. */
  bands(): Band[] {
    const { columns, marks } = this;
    const bands: Band[] = [];
    for (let start = 0; start < marks.length; start += columns) {
      let band: Band = [];
      for (let column = 0; column < columns; column++) {
        if (marks[start + column] === 0) continue;
        const run = { start: column, end: column + 1 };
        while (run.end < columns && marks[start + run.end] !== 0) run.end++;
        band = [...band, run];
        column = run.end;
      }
      bands.push(band);
    }
    return bands;
  }

  /** The same text only for maps with the same cells, as plans are compared by their JSON. */
  toJSON(): string {
    return (this.#key ??= Array.from(this.bits, (byte) => String.fromCharCode(byte)).join(""));
  }
}
