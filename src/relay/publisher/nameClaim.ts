import { randomUUID } from "node:crypto";
import type { Clock } from "../../framebuffer/node";
import { boolean, integer } from "../../protocol/checks";
import { NON_EMPTY_TEXT } from "../../protocol/fields";
import type { Disposable } from "../../protocol/transport";
import { messageFields, RELAY_VERSION } from "../announcement";
import { expectPermission, type Broker } from "../broker";
import { claimSubject } from "../subjects";

/** Seconds in which the holder of a name answers, unless it is busy. */
const WAIT = 0.6;

/**
 * Seconds for which a new holder yields to one that was busy, and an older holder doesn't give up.
 * After them, the new one has it.
 */
const GRACE = 4;

/**
 * Milliseconds by which clocks of two machines may differ. An epoch that is further ahead would
 * keep all later publishers from the name.
 */
const CLOCKS_DIFFER = 86_400_000;

/** What publishers of one name say to each other. */
interface ClaimMessage {
  readonly id: string;
  /** Undefined for one that doesn't hold the name yet. */
  readonly epoch: number | undefined;
  /** Whether it wants the name in any case. */
  readonly takesOver: boolean;
}

/** What a {@link NameClaim} needs. */
export interface NameClaimOptions {
  readonly broker: Broker;
  readonly name: string;
  /** Whether the holder of the name must give it up. */
  readonly takeover: boolean;
  readonly clock: Pick<Clock, "delay" | "monotonic" | "now">;
  readonly reportError: (error: unknown) => void;
}

/**
 * The right to publish a stream under a name. If two publishers hold it, as after a network was in
 * two parts, the one with the higher epoch keeps it.
 */
export class NameClaim implements Disposable {
  /** Identifies the publisher. */
  readonly id: string = randomUUID();
  readonly #options: NameClaimOptions;
  readonly #subscription: Disposable;
  #epoch: number | undefined;
  #acquiredAt = 0;
  /** The holder with a higher epoch, and when it was heard first. */
  #rival: { readonly id: string; readonly since: number } | undefined;
  /** The highest epoch of others. */
  #othersEpoch = 0;
  #refusal: Error | undefined;
  #onLost: (() => void) | undefined;

  private constructor(options: NameClaimOptions) {
    this.#options = options;
    const { broker, name, reportError } = options;
    this.#subscription = broker.subscribe(claimSubject(name), (payload) => {
      try {
        this.#take(parseClaim(payload, options.clock.now() * 1000));
      } catch (error) {
        reportError(error);
      }
    });
  }

  /**
   * Claims a name.
   *
   * @throws Error (as a rejection) if another publisher has it
   */
  static async acquire(options: NameClaimOptions): Promise<NameClaim> {
    const claim = new NameClaim(options);
    try {
      await options.broker.flush();
      claim.#say();
      await new Promise<void>((resolve) => options.clock.delay(WAIT, resolve));
      if (claim.#refusal !== undefined) throw claim.#refusal;
      expectPermission(options.broker, claimSubject(options.name));
      claim.#epoch = Math.max(Math.round(options.clock.now() * 1000), claim.#othersEpoch + 1);
      claim.#acquiredAt = options.clock.monotonic();
      claim.repeat();
      return claim;
    } catch (error) {
      claim.dispose();
      throw error;
    }
  }

  /** Grows from one publisher of the name to the next. */
  get epoch(): number {
    return this.#epoch ?? 0;
  }

  /** Calls back when another publisher has taken the name. */
  onLost(callback: () => void): void {
    this.#onLost = callback;
  }

  /** Says that the name is taken. To be called once in each beat. */
  repeat(): void {
    this.#say();
  }

  dispose(): void {
    this.#onLost = undefined;
    this.#subscription.dispose();
  }

  #say(): void {
    const { broker, name, takeover } = this.#options;
    broker.publish(
      claimSubject(name),
      JSON.stringify({
        type: "claim",
        version: RELAY_VERSION,
        id: this.id,
        takesOver: takeover,
        ...(this.#epoch === undefined ? {} : { epoch: this.#epoch }),
      }),
    );
  }

  #take({ id, epoch, takesOver }: ClaimMessage): void {
    this.#othersEpoch = Math.max(this.#othersEpoch, epoch ?? 0);
    if (this.#epoch !== undefined) {
      if (epoch === undefined) {
        this.#say();
        if (takesOver) this.#lose();
      } else this.#meet(this.#epoch, { id, epoch, takesOver });
      return;
    }
    const { name, takeover } = this.#options;
    if (takeover) return;
    if (epoch !== undefined) {
      this.#refusal = new Error(
        `Cannot publish "${name}": another program publishes a stream of that name; choose another name, end that program, or say takeover: true`,
      );
    } else if (takesOver || id > this.id) {
      this.#refusal = new Error(
        `Cannot publish "${name}": another program began to publish a stream of that name at the same moment; choose another name, or try again`,
      );
    }
  }

  /** Another publisher holds the name, too. */
  #meet(own: number, other: ClaimMessage & { readonly epoch: number }): void {
    const now = this.#options.clock.monotonic();
    const isNew = now - this.#acquiredAt < GRACE && !this.#options.takeover;
    const isHigher = other.epoch > own || (other.epoch === own && other.id > this.id);
    if (!isHigher) {
      // It was there before, and busy when this one asked.
      if (isNew) this.#lose();
      return;
    }
    if (other.takesOver) {
      this.#lose();
      return;
    }
    const rival = this.#rival?.id === other.id ? this.#rival : { id: other.id, since: now };
    this.#rival = rival;
    if (now - rival.since > GRACE) this.#lose();
    else if (rival.since === now) this.#say();
  }

  #lose(): void {
    const callback = this.#onLost;
    this.dispose();
    callback?.();
  }
}

/** @param now - milliseconds since the epoch */
function parseClaim(payload: Uint8Array, now: number): ClaimMessage {
  const fields = messageFields("claim", payload);
  return {
    id: fields.read("id", NON_EMPTY_TEXT),
    epoch: fields.has("epoch")
      ? fields.read("epoch", integer(0, Math.round(now) + CLOCKS_DIFFER))
      : undefined,
    takesOver: fields.readOr("takesOver", boolean, false),
  };
}
