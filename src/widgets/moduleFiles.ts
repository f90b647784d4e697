/** The files of anywidgets while they change: watched once for all widgets of a class. */
import { errorMessage } from "../protocol/errors";
import type { Disposable } from "../protocol/transport";
import { moduleProblem, readText, type StaticName } from "./moduleSource";
import { widgetRuntime } from "./runtime";

/** Seconds in which an editor may write a file several times. */
const SETTLE_TIME = 0.05;

/** A widget that follows a file. */
export interface FileFollower {
  /** The file has been read. Must not throw: the text is for other followers too. */
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
  /** The last text that a page can use. */
  #text: string | undefined;
  #problem: string | undefined;

  constructor(name: StaticName, file: string, onUnused: () => void) {
    this.#name = name;
    this.#file = file;
    this.#onUnused = onUnused;
  }

  add(follower: FileFollower): Disposable {
    const isFirst = this.#followers.size === 0;
    this.#followers.add(follower);
    // The file may have changed since, and the watcher may not have noticed yet, or not exist.
    this.#read(follower);
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

  /**
   * Pages keep what they have while no page can use the file.
   *
   * @param newcomer - Lacks what the other followers have. Default: the file has changed.
   */
  #read(newcomer?: FileFollower): void {
    const { text, problem } = this.#load();
    const isKnownProblem = newcomer !== undefined && problem === this.#problem;
    const isKnownText = newcomer !== undefined && text === this.#text;
    this.#problem = problem;
    if (text !== undefined) {
      this.#text = text;
      // A copy: a follower may add others, which read the file themselves, or remove some.
      for (const one of isKnownText ? [newcomer] : [...this.#followers]) {
        if (this.#followers.has(one)) one.setText(text);
        // Those have given all followers a newer text, if the file has changed since.
        if (this.#text !== text) break;
      }
    }
    if (problem === undefined || isKnownProblem) return;
    this.#show(problem, `reading ${this.#name} again`);
  }

  #load(): { readonly text?: string; readonly problem?: string | undefined } {
    try {
      const text = readText(this.#file);
      const problem = this.#name === "_esm" ? moduleProblem({ text, file: this.#file }) : undefined;
      return problem === undefined ? { text } : { problem };
    } catch (error) {
      return { problem: errorMessage(error) };
    }
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
