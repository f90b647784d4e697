/** The files of anywidgets while they change: read once for all widgets of a class. */
import { errorMessage } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import { moduleProblem, readText, type StaticName } from "./moduleSource";
import { widgetRuntime } from "./runtime";

/** Seconds in which an editor may write a file several times. */
const SETTLE_TIME = 0.05;

/** A widget that follows a file. */
export interface FileFollower {
  /** The file has been read. */
  setText(text: string): void;
  /** The file can't be used, or not be watched: what to show to the user. */
  showProblem(problem: string, during: string): void;
}

/** A file, and the widgets of a class that follow it. */
class FollowedFile {
  readonly #name: StaticName;
  readonly #file: string;
  readonly #onUnused: () => void;
  readonly #followers = new Set<FileFollower>();
  #watcher: Disposable | undefined;
  #settling: Disposable | undefined;
  #problem: string | undefined;

  constructor(name: StaticName, file: string, onUnused: () => void) {
    this.#name = name;
    this.#file = file;
    this.#onUnused = onUnused;
  }

  add(follower: FileFollower): Disposable {
    const isFirst = this.#followers.size === 0;
    this.#followers.add(follower);
    const known = this.#problem;
    this.#read(known);
    if (isFirst) this.#watch();
    return { dispose: () => this.#remove(follower) };
  }

  #remove(follower: FileFollower): void {
    if (!this.#followers.delete(follower) || this.#followers.size > 0) return;
    this.#watcher?.dispose();
    this.#settling?.dispose();
    this.#onUnused();
  }

  #watch(): void {
    try {
      this.#watcher = widgetRuntime().watchFile(this.#file, () => {
        this.#settling?.dispose();
        this.#settling = widgetRuntime().delay(SETTLE_TIME, () => this.#read());
      });
    } catch (error) {
      this.#show(errorMessage(error), `watching ${this.#file}`);
    }
  }

  /** Pages keep what they have while no page can use the file. @param known - Shown before. */
  #read(known?: string): void {
    this.#problem = undefined;
    try {
      const text = readText(this.#file);
      if (this.#name === "_esm") this.#problem = moduleProblem({ text, file: this.#file });
      if (this.#problem === undefined) for (const one of [...this.#followers]) one.setText(text);
    } catch (error) {
      this.#problem = errorMessage(error);
    }
    if (this.#problem === undefined || this.#problem === known) return;
    this.#show(this.#problem, `reading ${this.#name} again`);
  }

  /** One line is enough, at the newest of the widgets, where the user most likely looks. */
  #show(problem: string, during: string): void {
    [...this.#followers].at(-1)?.showProblem(problem, during);
  }
}

const followed = new WeakMap<object, Map<string, FollowedFile>>();

/**
 * Passes the text of a class's file to a widget: now, and whenever the file changes, until
 * disposed. A file that no page can use is reported once for all widgets of the class.
 *
 * @param owner - The class.
 * @param name - What the file is to the class.
 */
export function followFile(
  owner: object,
  name: StaticName,
  file: string,
  follower: FileFollower,
): Disposable {
  const files = followed.get(owner) ?? new Map<string, FollowedFile>();
  followed.set(owner, files);
  const key = `${name} ${file}`;
  const entry = files.get(key) ?? new FollowedFile(name, file, () => files.delete(key));
  files.set(key, entry);
  return entry.add(follower);
}
