import type { Disposable } from "./transport";

/** Seconds between two reports of an error that repeats. */
export const REPEAT_INTERVAL = 1;

/** Errors whose texts are told apart. Of any others only the newest is shown, once a second. */
export const MAX_DISTINCT_ERRORS = 100;

/** One showing of an error. */
export interface ShownError {
  /** The error's text and its note. */
  readonly line: string;
  /** How often it came: "" the first time. */
  readonly note: string;
  /** The line that this one replaces; undefined for the first of this text. */
  readonly before: string | undefined;
}

/** Shows an error to the user. */
export type ShowError = (shown: ShownError) => void;

interface Entry {
  text: string;
  count: number;
  show: ShowError;
  line: string | undefined;
}

/**
 * Shows an error at once when it first comes, and while it repeats once a second, as one line with
 * a count. Code that fails 60 times a second, or a page that floods the kernel with bad messages,
 * so fills neither the screen nor the connection.
 */
export class RepeatLimit implements Disposable {
  readonly #delay: (seconds: number, callback: () => void) => Disposable;
  readonly #entries = new Map<string, Entry>();
  /** All errors that came when {@link MAX_DISTINCT_ERRORS} others were known. */
  #others: Entry | undefined;
  /** Came again since they were last shown. */
  readonly #due = new Set<Entry>();
  #timer: Disposable | undefined;

  /** @param delay - calls back after this many seconds */
  constructor(delay: (seconds: number, callback: () => void) => Disposable) {
    this.#delay = delay;
  }

  /**
   * Takes an error.
   *
   * @param text - tells it from other errors, and begins its line
   * @param show - called now, later, or never if a newer error comes
   */
  add(text: string, show: ShowError): void {
    const entry = this.#entry(text, show);
    entry.count += 1;
    entry.text = text;
    entry.show = show;
    const isNew = entry.line === undefined && entry !== this.#others;
    if (isNew || this.#timer === undefined) this.#show(entry);
    else this.#due.add(entry);
  }

  /** Cancels what would be shown later. */
  dispose(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
    this.#due.clear();
  }

  #entry(text: string, show: ShowError): Entry {
    const known = this.#entries.get(text);
    if (known !== undefined) return known;
    const entry = { text, count: 0, show, line: undefined };
    if (this.#entries.size >= MAX_DISTINCT_ERRORS) return (this.#others ??= entry);
    this.#entries.set(text, entry);
    return entry;
  }

  #show(entry: Entry): void {
    this.#timer ??= this.#delay(REPEAT_INTERVAL, () => this.#showDue());
    const { count, line: before, text } = entry;
    const isOther = entry === this.#others;
    const repeated = isOther ? ` (and ${count - 1} other errors)` : ` (${count} times)`;
    const note = count === 1 ? "" : repeated;
    const line = text + note;
    entry.line = line;
    entry.show({ line, note, before });
  }

  #showDue(): void {
    this.#timer = undefined;
    const due = [...this.#due];
    this.#due.clear();
    for (const entry of due) this.#show(entry);
  }
}
