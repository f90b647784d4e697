import type { Principal } from "../hosting/auth";
import type { RoleSummary } from "../relay";
import { boolean, checkValue } from "../protocol/checks";
import { isPromiseLike } from "../protocol/promiseLike";
import type { StreamRole } from "../protocol/roleMessages";

/** A viewer, as a `driver` function sees it. */
export interface DriverCandidate {
  /** The `client_id` of its events. */
  readonly client_id: string;
  /** What `authenticate` returned for it; null if the stream has no `authenticate`. */
  readonly principal: Principal;
}

/**
 * Whose events reach the stream: every viewer's, nobody's, or those of one viewer at a time, its
 * driver. With a function, only viewers for which it returns true may drive. It is called once for
 * each connection.
 */
export type DriverPolicy = "any" | "first" | "none" | ((viewer: DriverCandidate) => boolean);

/** Ids that a driver is told of those who ask. */
const MAX_SHOWN = 32;

/** What {@link Roles} need. */
export interface RolesOptions {
  readonly policy: DriverPolicy;
  /** The driver is another one. Either is undefined where there is none. */
  onDriver(before: string | undefined, now: string | undefined): void;
  /** The role of any viewer may have changed. */
  onChange(): void;
  /** The policy has failed. The viewer may not drive. */
  readonly reportError: (error: unknown) => void;
}

/** Who drives a stream, who may, and who asks to. Viewers are known by their `client_id`. */
export class Roles {
  readonly #options: RolesOptions;
  /** Whether each viewer may drive; the one that has been there longest first. */
  readonly #mayDrive = new Map<string, boolean>();
  /** Those who ask, the first one first. */
  readonly #asking = new Set<string>();
  #driver: string | undefined;
  /** Whether the program wants no driver until a viewer asks. */
  #isVacant = false;

  constructor(options: RolesOptions) {
    this.#options = options;
  }

  /** The viewer that drives; undefined if none does, or all do. */
  get driver(): string | undefined {
    return this.#driver;
  }

  /** Whether a viewer's events reach the stream. */
  drives(id: string): boolean {
    return this.#isExclusive ? id === this.#driver : this.#options.policy === "any";
  }

  /** Whether the picture may have a viewer's size. Where nobody drives, everybody's counts. */
  sizeCounts(id: string): boolean {
    return this.#driver === undefined || id === this.#driver;
  }

  /** A viewer has come. It drives if nobody else does. */
  join(viewer: DriverCandidate): void {
    const id = viewer.client_id;
    const mayDrive = this.#isEligible(viewer);
    this.#mayDrive.set(id, mayDrive);
    const isFree = this.#driver === undefined && !this.#isVacant;
    if (this.#isExclusive && mayDrive && isFree) this.#setDriver(id);
    this.#options.onChange();
  }

  /** A viewer has left. If it was the driver, the next one drives. */
  leave(id: string): void {
    this.#mayDrive.delete(id);
    this.#asking.delete(id);
    if (id === this.#driver) this.#setDriver(this.#next());
    this.#options.onChange();
  }

  /** Whether a viewer drives alone, or may be the next one that does. */
  isCandidate(id: string): boolean {
    return this.#isExclusive && this.#mayDrive.get(id) === true;
  }

  /**
   * Nothing came from a candidate for seconds: it is probably gone, and the last in the order. If
   * it is the driver, the next one drives.
   */
  becameSilent(id: string): void {
    if (!this.isCandidate(id)) return;
    this.#mayDrive.delete(id);
    const isAsking = this.#asking.delete(id);
    const next = this.#next();
    this.#mayDrive.set(id, true);
    if (isAsking) this.#asking.add(id);
    if (id !== this.#driver || next === undefined) return;
    this.#setDriver(next);
    this.#options.onChange();
  }

  /** A viewer asks to drive. It does so at once if nobody else drives. */
  ask(id: string): void {
    if (!this.isCandidate(id)) return;
    if (id === this.#driver || this.#asking.has(id)) return;
    if (this.#driver === undefined) this.#setDriver(id);
    else this.#asking.add(id);
    this.#options.onChange();
  }

  /**
   * The driver hands over: to the viewer that it names, or to the one that asked first. Ignored if
   * another viewer says so, or that one doesn't ask.
   */
  handOver(id: string, to: string | undefined): void {
    const [first] = this.#asking;
    const next = to ?? first;
    if (id !== this.#driver || next === undefined || !this.#asking.has(next)) return;
    this.#setDriver(next);
    this.#options.onChange();
  }

  /**
   * Makes a viewer the driver, or nobody, until one asks.
   *
   * @throws Error if no such viewer may drive
   */
  appoint(id: string | undefined): void {
    if (!this.#isExclusive) {
      throw new Error('Cannot set the driver: the stream\'s option driver is "any" or "none"');
    }
    if (id !== undefined && this.#mayDrive.get(id) !== true) {
      throw new Error(`Cannot set the driver: no viewer "${id}" is there that may drive`);
    }
    // Those who asked the driver may ask again, and get what they want at once.
    if (id === undefined) this.#asking.clear();
    this.#isVacant = id === undefined;
    this.#setDriver(id);
    this.#options.onChange();
  }

  /** Whether a viewer has come and not left. */
  isKnown(id: string): boolean {
    return this.#mayDrive.has(id);
  }

  /** Whether a viewer may drive. */
  mayDrive(id: string): boolean {
    return this.#options.policy === "any" || this.#mayDrive.get(id) === true;
  }

  /** Who drives and who asks to, for those who tell many viewers. */
  get summary(): RoleSummary {
    const { policy } = this.#options;
    const mode = this.#isExclusive ? "one" : policy === "any" ? "any" : "none";
    const asking = [...this.#asking].slice(0, MAX_SHOWN);
    return { mode, asking, ...(this.#driver === undefined ? {} : { driver: this.#driver }) };
  }

  /** What a viewer is told. */
  roleOf(id: string): StreamRole {
    const drives = this.drives(id);
    return {
      type: "role",
      drives,
      may_drive: this.mayDrive(id),
      has_driver: this.#driver !== undefined,
      asks: this.#asking.has(id),
      ...(drives && this.#asking.size > 0 ? { asking: [...this.#asking].slice(0, MAX_SHOWN) } : {}),
    };
  }

  /** Whether one viewer drives at a time. */
  get #isExclusive(): boolean {
    const { policy } = this.#options;
    return policy !== "any" && policy !== "none";
  }

  #isEligible(viewer: DriverCandidate): boolean {
    const { policy, reportError } = this.#options;
    if (typeof policy === "string") return policy !== "none";
    try {
      // It may be an async function, whatever its type says.
      const may: unknown = policy(viewer);
      if (isPromiseLike(may)) Promise.resolve(may).catch(() => undefined);
      return checkValue("driver", may, boolean);
    } catch (error) {
      reportError(error);
      return false;
    }
  }

  /** Who asked first, or else the one that has been there longest. */
  #next(): string | undefined {
    const [first] = this.#asking;
    if (first !== undefined) return first;
    for (const [id, mayDrive] of this.#mayDrive) if (mayDrive) return id;
    return undefined;
  }

  #setDriver(id: string | undefined): void {
    const before = this.#driver;
    if (id === before) return;
    this.#driver = id;
    if (id !== undefined) {
      this.#asking.delete(id);
      this.#isVacant = false;
    }
    this.#options.onDriver(before, id);
  }
}
