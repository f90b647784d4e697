import * as checks from "../../protocol/checks";
import { isRecord } from "../bufferPaths";
import { DOMWidget } from "../domWidget";
import { arrange, TemplateBox, type TemplateOptions } from "./template";

/**
 * Rows or columns of a grid: one by its index, or those from the first index up to, but not
 * including, the second. Without the second, up to the last. A negative index counts from the end.
 */
export type GridCells = number | readonly [from: number, to?: number];

/** Options of GridspecLayout. */
export interface GridspecLayoutOptions extends TemplateOptions {
  /** Number of rows, from 1. */
  readonly n_rows: number;
  /** Number of columns, from 1. */
  readonly n_columns: number;
}

const EMPTY = ".";
const COUNT = checks.integer(1);

/** A grid of equal rows and columns, in which a widget takes one place or a rectangle of them. */
export class GridspecLayout extends TemplateBox {
  readonly #areas: readonly string[][];
  readonly #widgets = new Map<string, DOMWidget>();
  #nextId = 1;

  /** @throws TypeError or RangeError when the numbers aren't integers from 1 */
  constructor(n_rows: number, n_columns: number, options?: TemplateOptions);
  constructor(options: GridspecLayoutOptions);
  constructor(first: number | GridspecLayoutOptions, second?: number, third?: TemplateOptions) {
    const given: object = isRecord(first) ? first : { ...third, n_rows: first, n_columns: second };
    const { n_rows, n_columns, ...options } = given as Readonly<Record<string, unknown>>;
    const rows = checks.checkValue("n_rows", n_rows, COUNT);
    const columns = checks.checkValue("n_columns", n_columns, COUNT);
    super(options);
    this.#areas = Array.from({ length: rows }, () => Array<string>(columns).fill(EMPTY));
  }

  /** Number of rows. */
  get n_rows(): number {
    return this.#areas.length;
  }

  /** Number of columns. */
  get n_columns(): number {
    return this.#areas[0]?.length ?? 0;
  }

  /**
   * Puts a widget into the grid: `grid.set(0, [1, 3], slider)`. It replaces the widgets that it
   * overlaps, and leaves its former place.
   *
   * @throws RangeError when a row or column is outside of the grid
   */
  set(rows: GridCells, columns: GridCells, widget: DOMWidget): void {
    const cells = this.#cells(rows, columns);
    if (!(widget instanceof DOMWidget)) {
      throw new TypeError(checks.mismatch("widget", { expected: "a widget" }, widget));
    }
    for (const [row, column] of cells) this.#remove(this.#at(row, column));
    for (const [id, other] of this.#widgets) if (other === widget) this.#remove(id);
    const id = `widget${String(this.#nextId++).padStart(3, "0")}`;
    this.#widgets.set(id, widget);
    for (const [row, column] of cells) this.#put(row, column, id);
    arrange(this, {
      areas: this.#areas,
      columns: `repeat(${this.n_columns}, 1fr)`,
      rows: `repeat(${this.n_rows}, 1fr)`,
      places: Object.fromEntries(this.#widgets),
    });
  }

  /**
   * Returns the widget at a place, or undefined if it is empty.
   *
   * @throws RangeError when a row or column is outside of the grid, or the place has parts of
   *   several widgets
   */
  get(rows: GridCells, columns: GridCells): DOMWidget | undefined {
    const ids = this.#cells(rows, columns).map(([row, column]) => this.#at(row, column));
    const [id = EMPTY, another] = new Set(ids);
    if (another === undefined) return this.#widgets.get(id);
    throw new RangeError("Cannot get one widget: there are several, or empty places next to it");
  }

  #at(row: number, column: number): string {
    return this.#areas[row]?.[column] ?? EMPTY;
  }

  #put(row: number, column: number, id: string): void {
    const areas = this.#areas[row];
    if (areas !== undefined) areas[column] = id;
  }

  #remove(id: string): void {
    if (!this.#widgets.delete(id)) return;
    // What is left of its rectangle must not keep its name: an area that isn't a rectangle makes
    // the whole grid invalid.
    for (const areas of this.#areas) {
      areas.forEach((area, column) => {
        if (area === id) areas[column] = EMPTY;
      });
    }
  }

  #cells(rows: GridCells, columns: GridCells): (readonly [number, number])[] {
    const columnIndices = indices("columns", columns, this.n_columns);
    return indices("rows", rows, this.n_rows).flatMap((row) =>
      columnIndices.map((column) => [row, column] as const),
    );
  }
}

function indices(name: string, cells: GridCells, count: number): readonly number[] {
  const isPair = Array.isArray(cells);
  const [from, to] = (isPair ? cells : [cells]) as readonly unknown[];
  const first = index(name, from, count, count - 1);
  const end = isPair ? (to === undefined ? count : index(name, to, count, count)) : first + 1;
  if (first < end) return Array.from({ length: end - first }, (_, offset) => first + offset);
  throw new RangeError(`${name}: expected at least one of them, got [${first}, ${end}]`);
}

function index(name: string, value: unknown, count: number, max: number): number {
  const given = checks.checkValue(name, value, checks.integer(-count, max));
  return given < 0 ? given + count : given;
}
