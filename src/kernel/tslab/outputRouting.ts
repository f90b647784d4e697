/**
 * Sends what code prints and displays to the place that it belongs to: a cell, or an Output widget
 * that captures it. tslab sends all to the cell that ran last, also what a widget's callback
 * prints.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { DETAILS, type MimeBundle, type OutputSink } from "../../widgets";
import { sessionOf } from "./jupyterMessage";

type StreamName = "stdout" | "stderr";

type Write = NodeJS.WriteStream["write"];

/** Shows something in cells. */
interface CellOutput {
  printIn(cell: string, name: StreamName, text: string): void;
  displayIn(cell: string, data: MimeBundle, displayId?: string): void;
}

/** What code prints and displays goes to the sink, if there is one, or else to the cell. */
interface Place {
  readonly cell: string;
  readonly sink?: OutputSink;
}

/** A display_data of tslab's own `display`. */
interface TslabDisplay {
  readonly data: MimeBundle;
  readonly metadata?: Readonly<Record<string, object>>;
  readonly transient?: { readonly display_id?: string | undefined };
}

type WriteDisplay = (content: TslabDisplay, update: boolean) => void;

/** Prints and displays on behalf of cells and sinks. */
export class OutputRouting {
  readonly #places = new AsyncLocalStorage<Place>();
  readonly #cells: CellOutput;
  /** The header of the message that came last. */
  #heard: string | undefined;

  constructor(cells: CellOutput) {
    this.#cells = cells;
  }

  /**
   * Starts to route what is printed and displayed.
   *
   * @param tslab - The exports of tslab's module, through which its `display` finds the cell.
   */
  install(tslab: object): void {
    this.#intercept("stdout");
    this.#intercept("stderr");
    replaceAssigned(tslab, "lastWriteDisplayData", (write) =>
      typeof write === "function" ? this.#wrapDisplay(write as WriteDisplay) : write,
    );
  }

  /** A message has come, with this header as JSON text. */
  heard(headerJson: string): void {
    this.#heard = headerJson;
  }

  /** Calls back on behalf of a cell, or a sink. */
  run<Result>(place: Place, callback: () => Result): Result {
    return this.#places.run(place, callback);
  }

  /** Calls back on behalf of no cell in particular: as tslab does. */
  outside<Result>(callback: () => Result): Result {
    return this.#places.exit(callback);
  }

  /** The cell on whose behalf code runs, if a page still shows it. */
  get cell(): string | undefined {
    const cell = this.#places.getStore()?.cell;
    return cell === undefined || this.#isGone(cell) ? undefined : cell;
  }

  /** Receives what is printed and displayed; undefined if a cell does. */
  get sink(): OutputSink | undefined {
    const sink = this.#places.getStore()?.sink;
    return (
      sink && {
        ...sink,
        // What the sink's own code prints isn't captured, or it might never end.
        print: (name, text) => this.outside(() => sink.print(name, text)),
        display: (data, options) => this.outside(() => sink.display(data, options)),
      }
    );
  }

  #intercept(name: StreamName): void {
    const stream = process[name];
    replaceAssigned(stream, "write", (assigned) => {
      const original = (assigned as Write).bind(stream) as (...args: unknown[]) => boolean;
      return (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
        const { cell, sink } = this;
        const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
        if (sink !== undefined) sink.print(name, text);
        else if (cell !== undefined) this.#cells.printIn(cell, name, text);
        else return original(chunk, ...rest);
        const done = rest.find((one) => typeof one === "function");
        if (done !== undefined) process.nextTick(done);
        return true;
      };
    });
  }

  #wrapDisplay(write: WriteDisplay): WriteDisplay {
    return (content, update) => {
      const { cell, sink } = this;
      const { data, metadata = {}, transient } = content;
      const displayId = transient?.display_id;
      const bundle = { ...data, [DETAILS]: { metadata } };
      if (sink !== undefined) {
        sink.display(bundle, { update, ...(displayId === undefined ? {} : { displayId }) });
      } else if (cell !== undefined && !update) this.#cells.displayIn(cell, bundle, displayId);
      else write(content, update);
    };
  }

  /** Whether the cell's page was loaded again: it no longer shows output of its earlier cells. */
  #isGone(cell: string): boolean {
    return this.#heard !== undefined && sessionOf(this.#heard) !== sessionOf(cell);
  }
}

/** Replaces a property, and what tslab assigns to it for each cell. */
function replaceAssigned(
  owner: object,
  name: string,
  replace: (assigned: unknown) => unknown,
): void {
  let value = replace(Reflect.get(owner, name));
  Object.defineProperty(owner, name, {
    configurable: true,
    enumerable: true,
    get: () => value,
    set: (assigned: unknown) => (value = replace(assigned)),
  });
}
