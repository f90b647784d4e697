import { describe, expect, it } from "vitest";
import { FlightLimit } from "../../../../src/framebuffer/pacing/flightLimit";
import type { Departure, Receipt } from "../../../../src/framebuffer/pacing/frameLedger";

const MOST = 8;

interface Machine {
  /** Seconds of work for a frame, and on the way. */
  readonly work: number;
  readonly way: number;
  /** What stalls add to the way of each frame, on average. @defaultValue 0 */
  readonly stalls?: number;
  /** Frames that can be worked on at the same time. */
  readonly processors?: number;
  /** Seconds from one frame of the screen to the next. */
  readonly screen?: number;
  /** What the view says of its own time. @defaultValue half of the work */
  readonly viewTime?: number | null;
  /** Bytes of the frames, in turn. @defaultValue all alike */
  readonly sizes?: readonly number[];
}

/** An animation on a machine, which gives as many frames as those in flight allow. */
function animation(first: Machine, usual = 2, areFramesSmall = false, target = 60) {
  let machine = first;
  let isDrawWanted = true;
  let transfer = 0;
  let throughput: number | undefined = 1e6;
  const limit = new FlightLimit({
    link: {
      get throughput() {
        return throughput;
      },
      get baseLatency() {
        return machine.way;
      },
      transferTime: () => transfer,
      wayTime: () => transfer,
    },
    usual: () => usual,
    areFramesSmall: () => areFramesSmall,
    isDrawWanted: () => isDrawWanted,
    interval: () => 1 / target,
  });
  let now = 100;
  let seen = 0;
  /** Seconds for which each number of frames was in flight. */
  const times = new Map<number, number>();
  const frame = (): void => {
    const {
      work,
      processors = 1,
      screen = 1 / 60,
      sizes = [50_000],
      viewTime = work / 2,
    } = machine;
    const way = machine.way + (machine.stalls ?? 0);
    const inFlight = limit.current;
    const alone = work + way + transfer;
    const fastest = Math.max(work / processors, transfer, alone / inFlight);
    const interval = Math.max(screen, fastest);
    now += interval;
    seen += 1;
    times.set(inFlight, (times.get(inFlight) ?? 0) + interval);
    const waiting = Math.max(0, inFlight * fastest - alone);
    const departure: Partial<Departure> = {
      ...{ purpose: "draw", bytes: sizes[seen % sizes.length] ?? 0, encodingSeconds: work / 2 },
      sentAt: now - work / 2 - way - transfer - waiting,
    };
    limit.recordSend(departure as Departure);
    const receipt: Partial<Receipt> = {
      frame: departure as Departure,
      receivedAt: now,
      held: Math.max(0, screen - fastest),
      ...(viewTime === null ? {} : { viewTime: viewTime + waiting, seen }),
    };
    limit.recordReceipt(receipt as Receipt);
  };
  return {
    limit,
    current: () => limit.current,
    change: (next: Machine) => (machine = next),
    slowLink: (seconds: number) => (transfer = seconds),
    forgetThroughput: () => (throughput = undefined),
    step: frame,
    rest: () => (isDrawWanted = false),
    run: (seconds: number) => {
      times.clear();
      for (const end = now + seconds; now < end;) frame();
      const all = [...times.values()].reduce((sum, one) => sum + one, 0);
      return (inFlight: number) => (times.get(inFlight) ?? 0) / all;
    },
  };
}

describe("frames in flight", () => {
  it("are the user's number before a view has said what it takes", () => {
    expect(animation({ work: 0.02, way: 0.004 }, 3).current()).toBe(3);
  });

  it("stay that for a view that never says it, and more where latency needs them", () => {
    const near = animation({ work: 0.02, way: 0.004, viewTime: null }, 2, true);
    near.run(5);
    expect(near.current()).toBe(2);
    const far = animation({ work: 0.01, way: 0.1, viewTime: null }, 2, true);
    far.run(5);
    expect(far.current()).toBe(7);
  });

  it("are one where one processor does everything", () => {
    const { run } = animation({ work: 0.025, way: 0.002 });
    run(5);
    const share = run(60);
    expect(share(1)).toBeGreaterThan(0.95);
  });

  it("are one where the screen is the limit, without a trial", () => {
    const { run } = animation({ work: 0.008, way: 0.004, processors: 4 });
    run(1);
    expect(run(60)(1)).toBe(1);
  });

  it("are two where two processors share the work", () => {
    const { run } = animation({ work: 0.04, way: 0.004, processors: 2 });
    run(5);
    expect(run(60)(2)).toBeGreaterThan(0.9);
  });

  it("become one again when the processor is shared with something else", () => {
    const { change, run } = animation({ work: 0.04, way: 0.002, processors: 2 });
    run(30);
    change({ work: 0.04, way: 0.002, processors: 1 });
    run(130);
    expect(run(120)(1)).toBeGreaterThan(0.9);
  });

  it.each([
    [0.03, 3],
    [0.05, 4],
    [0.1, 7],
    [0.3, MOST],
  ])("fill a way of %f s there and back with %i", (way, expected) => {
    const { current, run } = animation({ work: 0.01, way }, 2, true);
    run(5);
    expect(current()).toBe(expected);
  });

  it("never exceed the limit", () => {
    const { current, run } = animation({ work: 0.01, way: 0.2 }, 2);
    run(5);
    expect(current()).toBe(2);
  });

  it("are fewer on a link that takes long for each frame", () => {
    const { current, run, slowLink } = animation({ work: 0.01, way: 0.1 }, 2, true);
    slowLink(0.1);
    run(5);
    expect(current()).toBeLessThanOrEqual(3);
  });

  describe("on a way that often stalls", () => {
    const stalls = { work: 0.01, way: 0.1, stalls: 0.09 };
    const stalling = (machine: Machine = stalls) => {
      const simulation = animation(machine, 2, true, 30);
      // The shortest way of all shows its length without stalls.
      simulation.change({ ...machine, stalls: 0 });
      simulation.run(1);
      simulation.change(machine);
      return simulation;
    };

    it("are as many as are wanted in the time that a frame takes", () => {
      const { current, run } = stalling();
      run(5);
      expect(current()).toBe(6);
    });

    it("count the whole time where the view holds receipts back for the screen", () => {
      const { current, run } = stalling({ ...stalls, screen: 0.0635 });
      run(5);
      expect(current()).toBe(6);
    });

    it("don't queue up in front of a link that may be slower than it seemed: frames grow", () => {
      const { current, limit, run } = stalling();
      run(5);
      limit.recordSend({ bytes: 100_000, purpose: "draw" } as Departure);
      expect(current()).toBe(4);
      limit.recordSend({ bytes: 60_000, purpose: "draw" } as Departure);
      expect(current()).toBe(6);
    });

    it("are fewer after each frame that is much larger than most, such as a keyframe", () => {
      const { current, run, step } = stalling({ ...stalls, sizes: [20_000, 80_000] });
      run(5);
      const counts = [1, 2, 3, 4].map(() => {
        step();
        return current();
      });
      expect(counts.sort()).toEqual([4, 4, 6, 6]);
    });

    it("are hardly more after a first frame that took long, or a cut of the connection", () => {
      const { change, current, step } = animation({ ...stalls, stalls: 30 }, 2, true, 30);
      step();
      change({ ...stalls, stalls: 0 });
      for (let receipt = 0; receipt < 40; receipt++) step();
      expect(current()).toBe(4);
      change({ ...stalls, stalls: 30 });
      step();
      change({ ...stalls, stalls: 0 });
      for (let receipt = 0; receipt < 5; receipt++) step();
      expect(current()).toBe(5);
    });

    it("don't queue up in front of a slow view", () => {
      const { current, run } = stalling({ ...stalls, work: 0.06 });
      run(5);
      expect(current()).toBe(4);
    });

    it("don't queue up in front of a link that takes long for each frame", () => {
      const { current, run, slowLink } = stalling();
      slowLink(0.1);
      run(5);
      expect(current()).toBeLessThanOrEqual(3);
    });

    it("are no more than without stalls while the link's throughput isn't known", () => {
      const { current, forgetThroughput, run } = stalling();
      forgetThroughput();
      run(5);
      expect(current()).toBe(4);
    });
  });

  it("are no more than the wanted rate needs", () => {
    const { run } = animation({ work: 0.03, way: 0.002, processors: 4 }, 2, true, 30);
    run(5);
    expect(run(60)(1)).toBe(1);
  });

  it("grow by one with each receipt, as the first can't distinguish latency from a slow transfer", () => {
    const { current, step } = animation({ work: 0.01, way: 0.5 }, 2, true);
    const counts = Array.from({ length: 8 }, () => {
      step();
      return current();
    });
    expect(counts).toEqual([3, 4, 5, 6, 7, MOST, MOST, MOST]);
  });

  it.each([
    [1 / 60, 8],
    [1 / 30, 5],
    [1, 3],
  ])("would be so many at another interval: %f s, %i", (interval, expected) => {
    const { limit, run } = animation({ work: 0.01, way: 0.1 }, 2, true);
    run(5);
    expect(limit.at(interval)).toBe(expected);
  });

  it("forget a way that became longer within some seconds", () => {
    const { change, current, run } = animation({ work: 0.01, way: 0.004 }, 2, true);
    run(5);
    expect(current()).toBe(1);
    change({ work: 0.01, way: 0.1 });
    run(11);
    expect(current()).toBeGreaterThanOrEqual(7);
  });

  it("are the user's number again for another view", () => {
    const { current, limit, run } = animation({ work: 0.025, way: 0.002 });
    run(5);
    expect(current()).toBe(1);
    limit.reset();
    expect(current()).toBe(2);
  });

  it("are not tried where no draw waits", () => {
    const { rest, run } = animation({ work: 0.025, way: 0.002 });
    rest();
    run(1);
    expect(run(60)(1)).toBe(1);
  });
});
