import { describe, expect, it } from "vitest";
import { Recording, type RecordingOptions } from "../../../../src/framebuffer/recording/recording";
import type { RawFrame } from "../../../../src/framebuffer/source/frame";
import { FakeClock } from "../../../support/fakeClock";

/** A frame of one gray pixel. */
function gray(value: number): RawFrame {
  return { data: Uint8Array.of(value), width: 1, height: 1, channels: 1 };
}

/** A Promise that the test settles. */
class Deferred<Value> {
  resolve: (value: Value) => void = () => undefined;
  reject: (error: Error) => void = () => undefined;
  readonly promise = new Promise<Value>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

/** Records for a second at 10 fps, with a clock that the test moves. */
class Trial {
  readonly clock: FakeClock;
  readonly written: (readonly [slot: number, value: number | undefined])[] = [];
  draws = 0;
  readonly recording: Recording;
  readonly result: Promise<number>;

  constructor(options: Partial<RecordingOptions> = {}, clock = new FakeClock()) {
    this.clock = clock;
    this.recording = new Recording({
      clock,
      seconds: 1,
      fps: 10,
      draw: () => gray(this.draws),
      ...options,
      write: (frame, slot) => {
        this.written.push([slot, frame.data[0]]);
        return options.write?.(frame, slot) ?? Promise.resolve();
      },
      ...(options.draw && {
        draw: () => {
          this.draws += 1;
          return options.draw?.() ?? gray(0);
        },
      }),
    });
    this.result = this.recording.run();
    this.result.catch(() => undefined);
  }

  /** Moves time on in steps of 10 ms, as promises settle. */
  async pass(seconds: number): Promise<void> {
    for (let step = 0; step < Math.round(seconds * 100); step++) {
      await this.clock.settle();
      this.clock.advance(0.01);
    }
    await this.clock.settle();
  }

  get slots(): number[] {
    return this.written.map(([slot]) => slot);
  }

  get values(): (number | undefined)[] {
    return this.written.map(([, value]) => value);
  }
}

/** The integers from 0 up to, not including, `end`. */
function upTo(end: number): number[] {
  return Array.from({ length: end }, (_, at) => at);
}

describe("a recording", () => {
  it("draws and writes a picture in each slot, for its full length", async () => {
    let next = 0;
    const trial = new Trial({ draw: () => gray(next++) });
    await trial.pass(1);
    await expect(trial.result).resolves.toBe(10);
    expect(trial.slots).toEqual(upTo(10));
    expect(trial.values).toEqual(upTo(10));
    expect(trial.draws).toBe(10);
    expect(trial.clock.pending).toBe(0);
  });

  it("counts from the first picture, however long that takes", async () => {
    const first = new Deferred<RawFrame>();
    const trial = new Trial({ draw: () => first.promise });
    await trial.pass(3);
    expect(trial.written).toEqual([]);
    first.resolve(gray(7));
    await trial.pass(1.01);
    expect(trial.slots).toEqual(upTo(10));
    await expect(trial.result).resolves.toBe(10);
  });

  it("repeats the picture before while a draw takes longer, and draws once at a time", async () => {
    const second = new Deferred<RawFrame>();
    const drawn = [gray(1), second.promise];
    const trial = new Trial({ draw: () => drawn.shift() ?? gray(3) });
    await trial.pass(0.45);
    expect(trial.draws).toBe(2);
    expect(trial.values).toEqual([1, 1, 1, 1]);
    second.resolve(gray(2));
    await trial.pass(0.6);
    await trial.result;
    expect(trial.written.slice(3, 6)).toEqual([
      [3, 1],
      [4, 2],
      [5, 3],
    ]);
    expect(trial.slots).toEqual(upTo(10));
  });

  it("leaves out slots while writing takes longer, and writes the last one", async () => {
    let next = 0;
    const clock = new FakeClock();
    const write = (): Promise<void> => new Promise((resolve) => void clock.delay(0.25, resolve));
    const trial = new Trial({ draw: () => gray(next++), write }, clock);
    await trial.pass(1.6);
    await expect(trial.result).resolves.toBe(10);
    expect(trial.slots).toEqual([0, 2, 5, 7, 9]);
    // Each is the newest picture of its time.
    expect(trial.values).toEqual([0, 2, 5, 7, 9]);
  });

  it("takes no time for slots that passed while the program was busy", async () => {
    let next = 0;
    const trial = new Trial({ draw: () => gray(next++) });
    await trial.clock.settle();
    trial.clock.advance(0.1);
    await trial.clock.settle();
    // A cell computes: no timer runs.
    const late = trial.clock.monotonic;
    Object.assign(trial.clock, { monotonic: () => late() + 0.5 });
    await trial.pass(0.4);
    await expect(trial.result).resolves.toBe(10);
    expect(trial.slots).toEqual([0, 1, 7, 8, 9]);
  });

  it("keeps what it has when it is ended early", async () => {
    const trial = new Trial();
    await trial.pass(0.35);
    trial.recording.end(new Error("unused"));
    trial.recording.end(new Error("unused"));
    await expect(trial.result).resolves.toBe(4);
    await trial.pass(1);
    expect(trial.slots).toEqual(upTo(4));
    expect(trial.clock.pending).toBe(0);
  });

  it("waits for what is being written when it ends", async () => {
    const writing = new Deferred<void>();
    const trial = new Trial({ write: () => writing.promise });
    await trial.pass(0.25);
    trial.recording.end(new Error("unused"));
    let isOver = false;
    void trial.result.then(() => (isOver = true));
    await trial.clock.settle();
    expect(isOver).toBe(false);
    writing.resolve();
    await expect(trial.result).resolves.toBe(3);
    expect(trial.slots).toEqual([0, 2]);
  });

  it("rejects with the reason when it ends before its first picture", async () => {
    const trial = new Trial({ draw: () => new Promise(() => undefined) });
    trial.recording.end(new Error("stopped"));
    await expect(trial.result).rejects.toThrow("stopped");
  });

  it.each([
    ["throws", () => () => fail()],
    ["rejects", () => () => Promise.reject(new Error("no light"))],
  ])("rejects with the error of a draw that %s", async (_how, failing) => {
    let draws = 0;
    const trial = new Trial({ draw: () => (draws++ < 3 ? gray(draws) : failing()()) });
    await trial.pass(1);
    await expect(trial.result).rejects.toThrow("no light");
    expect(trial.draws).toBe(4);
    expect(trial.clock.pending).toBe(0);
  });

  it("rejects with the error of a write, also of one that ends after it", async () => {
    const full = new Error("the disk is full");
    const failing = new Trial({ write: () => Promise.reject(full) });
    await failing.pass(0.1);
    await expect(failing.result).rejects.toThrow("the disk is full");

    const writing = new Deferred<void>();
    const ended = new Trial({ write: () => writing.promise });
    await ended.clock.settle();
    ended.recording.end(new Error("unused"));
    writing.reject(full);
    await expect(ended.result).rejects.toThrow("the disk is full");
  });

  it("ignores a draw that fails after its end", async () => {
    const last = new Deferred<RawFrame>();
    const drawn = [gray(1)];
    const trial = new Trial({ draw: () => drawn.shift() ?? last.promise });
    await trial.pass(1);
    await expect(trial.result).resolves.toBe(10);
    expect(trial.values).toEqual(Array.from({ length: 10 }, () => 1));
    last.reject(new Error("late"));
    await trial.clock.settle();
  });
});

function fail(): never {
  throw new Error("no light");
}
