import { describe, expect, it } from "vitest";
import { NameClaim } from "../../../src/relay/publisher/nameClaim";
import { FakeNats, type FakeBroker } from "../../support/fakeBroker";
import { FakeClock } from "../../support/fakeClock";

const SUBJECT = "rfb.claim.lecture";

function setUp() {
  const clock = new FakeClock();
  const nats = new FakeNats(clock);
  const errors: unknown[] = [];
  /** Who lost the name, in that order. */
  const lost: string[] = [];
  const acquire = async (who: string, takeover = false, broker: FakeBroker = nats.connect()) => {
    const claim = await NameClaim.acquire({
      ...{ broker, name: "lecture", takeover, clock },
      reportError: (error) => errors.push(error),
    });
    claim.onLost(() => lost.push(who));
    return claim;
  };
  const pass = async (seconds: number): Promise<void> => {
    await clock.settle();
    clock.advance(seconds);
    await clock.settle();
  };
  /** Claims names at the same moment. */
  const all = async (...claims: Promise<NameClaim>[]) => {
    const settled = Promise.allSettled(claims);
    await pass(0.6);
    return settled;
  };
  const one = async (...parameters: Parameters<typeof acquire>): Promise<NameClaim> => {
    const claiming = acquire(...parameters);
    claiming.catch(() => undefined);
    await pass(0.6);
    return claiming;
  };
  return { acquire, all, clock, errors, lost, nats, one, pass };
}

const reasons = (results: readonly PromiseSettledResult<NameClaim>[]): string[] =>
  results.flatMap((result) =>
    result.status === "rejected" ? [(result.reason as Error).message] : [],
  );

describe("a name", () => {
  it("is refused to a second publisher while the first has it, and free after it", async () => {
    const { lost, nats, one } = setUp();
    const first = await one("first");
    await expect(one("second")).rejects.toThrow(
      'Cannot publish "lecture": another program publishes a stream of that name; choose another name, end that program, or say takeover: true',
    );
    expect([lost, nats.subscriptions]).toEqual([[], [SUBJECT]]);
    first.dispose();
    const third = await one("third");
    expect(third.epoch).toBeGreaterThan(first.epoch);
  });

  it("can't be kept from all others by an epoch that is far ahead", async () => {
    const { clock, errors, nats, one } = setUp();
    const attacker = nats.connect();
    const say = (epoch: number): void => {
      const claim = { type: "claim", version: 1, id: "x", epoch };
      attacker.publish(SUBJECT, JSON.stringify(claim));
    };
    const first = await one("first");
    say(Number.MAX_SAFE_INTEGER);
    await clock.settle();
    expect(errors).toHaveLength(1);
    await one("second", true);
    expect(first.epoch).toBeGreaterThan(0);
  });

  it("goes to the one that takes it over", async () => {
    const { lost, nats, one } = setUp();
    const first = await one("first");
    const second = await one("second", true);
    expect(lost).toEqual(["first"]);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(nats.subscriptions).toEqual([SUBJECT]);
    await one("third", true);
    expect(lost).toEqual(["first", "second"]);
  });

  it("has a higher epoch than before, also where the clock is behind", async () => {
    const { clock, lost, nats, one, pass } = setUp();
    const first = await one("first");
    const behind = { ...clock, now: () => clock.now() - 3600 };
    const claiming = NameClaim.acquire({
      ...{ broker: nats.connect(), name: "lecture", takeover: true, clock: behind },
      reportError: () => undefined,
    });
    await pass(0.6);
    expect((await claiming).epoch).toBe(first.epoch + 1);
    expect(lost).toEqual(["first"]);
  });

  it("has one owner when several publishers claim it at the same moment", async () => {
    for (let round = 0; round < 20; round++) {
      const { acquire, all, lost } = setUp();
      const results = await all(acquire("a"), acquire("b"), acquire("c"));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(reasons(results)).toEqual(
        Array(2).fill(expect.stringMatching(/at the same moment; choose another name, or try/)),
      );
      expect(lost).toEqual([]);
    }
  });

  it.each([0.001, 0.1, 0.3, 0.599])(
    "has one owner when the second claims it %d seconds after the first",
    async (seconds) => {
      for (let round = 0; round < 10; round++) {
        const { acquire, all, lost, pass } = setUp();
        const first = acquire("first");
        first.catch(() => undefined);
        await pass(seconds);
        const second = acquire("second");
        second.catch(() => undefined);
        await pass(0.6);
        const results = await all(first, second);
        const owners = results.filter(({ status }) => status === "fulfilled").length;
        expect(owners - lost.length).toBe(1);
      }
    },
  );

  it("has one owner when several take it over at the same moment", async () => {
    for (let round = 0; round < 20; round++) {
      const { acquire, all, lost, one, pass } = setUp();
      await one("first");
      const results = await all(acquire("a", true), acquire("b", true));
      for (const result of results) if (result.status === "fulfilled") result.value.repeat();
      await pass(1);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
      expect(lost).toHaveLength(2);
      expect(lost).toContain("first");
    }
  });

  it("goes to the one that takes it over when another one claims it at the same moment", async () => {
    const { acquire, all, lost } = setUp();
    const results = await all(acquire("a", true), acquire("b"));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(lost).toEqual([]);
  });

  it("stays with one that was busy when another asked", async () => {
    const { lost, nats, one, pass } = setUp();
    const broker = nats.connect();
    const first = await one("first", false, broker);
    await pass(60);
    // What it would have answered comes later.
    broker.isConnected = false;
    const second = await one("second");
    broker.isConnected = true;
    first.repeat();
    second.repeat();
    await pass(1);
    expect(lost).toEqual(["second"]);
    first.repeat();
    await pass(10);
    first.repeat();
    expect(lost).toEqual(["second"]);
  });

  it("goes to the higher epoch when two were cut off from each other", async () => {
    const { lost, nats, one, pass } = setUp();
    const broker = nats.connect();
    const first = await one("first", false, broker);
    broker.isConnected = false;
    const second = await one("second");
    first.repeat();
    second.repeat();
    await pass(10);
    expect(lost).toEqual([]);
    broker.isConnected = true;
    for (let beat = 0; beat < 6; beat++) {
      first.repeat();
      second.repeat();
      await pass(1);
    }
    expect(lost).toEqual(["first"]);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(nats.subscriptions).toEqual([SUBJECT]);
  });

  it("can't be claimed without the broker, and nothing is left of the attempt", async () => {
    const { clock, nats, one } = setUp();
    const broker = nats.connect();
    broker.isConnected = false;
    await expect(one("first", false, broker)).rejects.toThrow(/can't be reached/);
    expect([nats.subscriptions, clock.pending]).toEqual([[], 0]);
  });

  it("stays whose it is when nonsense comes", async () => {
    const { errors, lost, nats, one, pass } = setUp();
    await one("first");
    const nonsense = ["", "{}", "[]", '{"type":"claim","version":1,"id":"x","epoch":-1}'];
    for (const text of nonsense) nats.deliver(undefined, SUBJECT, text);
    await pass(1);
    expect(errors).toHaveLength(nonsense.length);
    expect(lost).toEqual([]);
  });
});
