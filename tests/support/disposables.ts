/** The owner of what tests start: servers, browsers, processes, pages, folders. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";

/** Ends what tests started, even if something else fails to start or to end. */
export class Disposables {
  readonly #ends: (() => unknown)[] = [];

  /** Calls a function at the end, before the functions that were added earlier. */
  add(end: () => unknown): void {
    this.#ends.push(end);
  }

  /**
   * Owns something that is still starting: with `Promise.all`, if one fails to start, the others are
   * ended too.
   *
   * @param end - ends it, once it has started
   * @returns `starting`
   */
  own<Started>(starting: Promise<Started>, end: (started: Started) => unknown): Promise<Started> {
    this.add(async () => {
      // If it failed to start, there is nothing to end, and the caller has the error.
      const started = await starting.then(
        (value) => ({ value }),
        () => undefined,
      );
      if (started !== undefined) await end(started.value);
    });
    return starting;
  }

  /** Makes an empty folder, which is removed at the end. @returns its path */
  folder(): string {
    const path = mkdtempSync(join(tmpdir(), "jupyter-rfb-ts-test-"));
    this.add(() => rmSync(path, { recursive: true, force: true }));
    return path;
  }

  /** Ends everything, the newest first. @throws the errors, after everything else has ended */
  async dispose(): Promise<void> {
    const errors: unknown[] = [];
    for (const end of this.#ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 1) {
      throw new AggregateError(errors, `Cannot end all: ${errors.map(String).join("; ")}`);
    }
    if (errors.length === 1) throw errors[0];
  }
}

/** What one test starts: ended after each test. */
export function disposedAfterEach(): Disposables {
  const disposables = new Disposables();
  afterEach(() => disposables.dispose());
  return disposables;
}

/** What all tests of a file or a `describe` share: ended after the last one. */
export function disposedAfterAll(): Disposables {
  const disposables = new Disposables();
  afterAll(() => disposables.dispose());
  return disposables;
}
