/**
 * The layout of an atlas: the changed cells of a picture, packed into one image. Both ends agree on
 * it; docs/PROTOCOL.md describes it.
 */
import { ProtocolError } from "./errors";

/** Side of a cell in pixels. Cells lie on JPEG's blocks, so that no seam shows between them. */
export const ATLAS_CELL = 16;

/**
 * The most cells in a row of an atlas: as many as cover the widest picture. Rows of at most 1024
 * pixels are usual.
 */
export const MAX_ATLAS_COLUMNS = 4096;

/** A size in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** Cells that are neighbours in a row, both in the picture and in the atlas. In cells. */
export interface CellRun {
  /** Of the first cell in the picture. */
  readonly column: number;
  readonly row: number;
  /** Of the first cell in the atlas. */
  readonly atlasColumn: number;
  readonly atlasRow: number;
  /** How many cells. */
  readonly length: number;
}

/** How many cells cover a picture, along both axes. */
export function cellGrid({ width, height }: Size): { columns: number; rows: number } {
  return { columns: Math.ceil(width / ATLAS_CELL), rows: Math.ceil(height / ATLAS_CELL) };
}

/** The size in pixels of an atlas of so many cells. */
export function atlasSize(cells: number, columns: number): { width: number; height: number } {
  return { width: columns * ATLAS_CELL, height: Math.ceil(cells / columns) * ATLAS_CELL };
}

/**
 * The cell map of a message: one bit for each cell of the picture, row by row, the first one in the
 * highest bit of the first byte.
 *
 * @param marks - one byte for each cell; 0 for a cell that is not in the atlas
 */
export function packCellMap(marks: Uint8Array): Uint8Array {
  const map = new Uint8Array(Math.ceil(marks.length / 8));
  for (let cell = 0; cell < marks.length; cell++) {
    if (marks[cell] !== 0) map[cell >> 3] = (map[cell >> 3] ?? 0) | (0x80 >> (cell & 7));
  }
  return map;
}

/**
 * The marks of a cell map: one byte for each cell of the picture, 1 for one that is in the atlas.
 *
 * @throws {@link ProtocolError} when the map is not that of a picture of this size, or is empty
 */
export function unpackCellMap(map: Uint8Array, picture: Size): Uint8Array {
  const { columns, rows } = cellGrid(picture);
  const cells = columns * rows;
  const expected = Math.ceil(cells / 8);
  if (map.length !== expected) {
    throw new ProtocolError(
      `cell map: expected ${expected} bytes for ${columns} x ${rows} cells, got ${map.length}`,
    );
  }
  const marks = new Uint8Array(cells);
  let isEmpty = true;
  for (let cell = 0; cell < cells; cell++) {
    if (((map[cell >> 3] ?? 0) & (0x80 >> (cell & 7))) === 0) continue;
    marks[cell] = 1;
    isEmpty = false;
  }
  if (isEmpty) throw new ProtocolError("cell map: expected at least one cell, got none");
  if (((map[expected - 1] ?? 0) & (0xff >> (((cells - 1) & 7) + 1))) !== 0) {
    throw new ProtocolError(
      `cell map: expected zeros after the ${cells} cells of the picture, got ones`,
    );
  }
  return marks;
}

/**
 * The marked cells as runs, in the order in which they lie in the atlas: row by row in both. A run
 * ends with its row in the picture, and with its row in the atlas.
 *
 * @param columns - of the picture, in cells
 * @param atlasColumns - of the atlas, in cells
 */
export function cellRuns(marks: Uint8Array, columns: number, atlasColumns: number): CellRun[] {
  const runs: CellRun[] = [];
  let packed = 0;
  for (let start = 0, row = 0; start < marks.length; start += columns, row++) {
    for (let column = 0; column < columns; column++) {
      if (marks[start + column] === 0) continue;
      const atlasColumn = packed % atlasColumns;
      const most = Math.min(columns - column, atlasColumns - atlasColumn);
      let length = 1;
      while (length < most && marks[start + column + length] !== 0) length++;
      runs.push({
        column,
        row,
        atlasColumn,
        atlasRow: (packed - atlasColumn) / atlasColumns,
        length,
      });
      packed += length;
      column += length - 1;
    }
  }
  return runs;
}
