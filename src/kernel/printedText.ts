import type { ShownError } from "../protocol/repeatLimit";
import {
  DISPLAY,
  getKernel,
  hasKernel,
  Output,
  REPLACE_LINE,
  widgetRuntime,
  type OutputSink,
  type WidgetStatus,
} from "../widgets";
import { pictureRuntime } from "./pictureRuntime";

/** The widget that prints. */
interface PrintingWidget {
  readonly status: () => WidgetStatus;
  /** The cell that shows it, or that did when it was closed. */
  readonly cell: () => string | undefined;
  /** Calls a method so that what it prints appears in that cell. */
  runInCell<Result>(method: () => Result): Result;
  /** Has the views show an Output below their pictures. */
  setOutput(output: Output): void;
  reportError(error: unknown): void;
}

type StreamName = "stdout" | "stderr";

/**
 * What a widget prints, and its errors: an Output below the picture, in each view. It opens with
 * the first text. When the widget is closed, the text moves to the cell that showed the picture, or
 * to the console where the kernel can't print there.
 */
export class PrintedText {
  readonly #widget: PrintingWidget;
  readonly #notes = new Set<string>();
  #output: Output | undefined;
  #isShown = false;
  readonly #sink: OutputSink = {
    displaysInCell: true,
    print: (name, text) => this.#append(name, text),
    display: (data, options) => getKernel().display(data, options),
  };
  /** Whether the Output has a place of its own, as a widget printed that was never shown. */
  #hasOwnPlace = false;

  constructor(widget: PrintingWidget) {
    this.#widget = widget;
  }

  /** The current cell shows the picture. */
  shown(): void {
    this.#isShown = true;
  }

  /** No cell shows the picture any more. */
  left(): void {
    this.#isShown = false;
  }

  /** The widget is closed, and with it the views. */
  closed(): void {
    const output = this.#output;
    if (output === undefined || this.#hasOwnPlace) return;
    this.#output = undefined;
    for (const { name, text } of output.outputs as readonly { name: StreamName; text: string }[]) {
      this.#printElsewhere(name, text);
    }
    output.close();
  }

  /**
   * Calls a method of the user's, so that what it prints appears in the cell that shows the widget.
   * Where the kernel can't print there later, it appears below the picture.
   */
  run<Result>(method: () => Result): Result {
    const kernel = getKernel();
    if (kernel.printIn !== undefined || kernel.runIn === undefined) {
      return this.#widget.runInCell(method);
    }
    return kernel.runIn(this.#sink, method);
  }

  /** Appends a line, formatted as by console.log; outside a notebook to the standard output. */
  print(args: readonly unknown[]): void {
    this.#append("stdout", `${pictureRuntime().formatLine(args)}\n`);
  }

  /** Prints a hint for the widget's author, the first time only. */
  note(text: string | undefined): void {
    if (text === undefined || this.#notes.has(text)) return;
    this.#notes.add(text);
    this.print([text]);
  }

  /** Shows an error, or its new count; outside a notebook on the console. */
  showError({ line, before }: ShownError): void {
    const output = this.#place();
    if (output !== undefined) output[REPLACE_LINE](before, line);
    else if (!this.#printInCell("stderr", `${line}\n`)) widgetRuntime().logError(line);
  }

  /** Where the page shows text, or will; undefined if it doesn't show the widget. */
  #place(): Output | undefined {
    const status = this.#widget.status();
    if (status === "closed") return this.#output;
    if (status !== "open") return undefined;
    if (this.#output === undefined) {
      this.#output = new Output();
      this.#widget.setOutput(this.#output);
      if (!this.#isShown) this.#showAfterJob(this.#output);
    }
    return this.#output;
  }

  /** The rest of the job may show the picture. */
  #showAfterJob(output: Output): void {
    void Promise.resolve().then(() => {
      if (this.#isShown || this.#widget.status() !== "open") return;
      this.#hasOwnPlace = true;
      try {
        getKernel().display({ ...output[DISPLAY](), "text/plain": "" });
      } catch (error) {
        this.#widget.reportError(error);
      }
    });
  }

  /** @param text - With a line break at its end. */
  #append(name: StreamName, text: string): void {
    const output = this.#place();
    if (output !== undefined) {
      if (name === "stdout") output.append_stdout(text);
      else output.append_stderr(text);
    } else {
      this.#printElsewhere(name, text);
    }
  }

  /** Prints what no view shows: in the cell if the kernel can, or else as the console does. */
  #printElsewhere(name: StreamName, text: string): void {
    if (this.#printInCell(name, text)) return;
    const lines = text.replace(/\n$/, "");
    if (name === "stdout") pictureRuntime().printLine(lines);
    else widgetRuntime().logError(lines);
  }

  #printInCell(name: StreamName, text: string): boolean {
    const cell = this.#widget.cell();
    if (cell === undefined || this.#widget.status() !== "closed" || !hasKernel()) return false;
    const kernel = getKernel();
    if (kernel.printIn === undefined) return false;
    kernel.printIn(cell, name, text);
    return true;
  }
}
