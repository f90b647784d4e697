import { describe, expect, it } from "vitest";
import {
  FURTHER_PATIENCE_MS,
  MAX_WAITING_BYTES,
  PATIENCE_MS,
  PublishQueue,
  type Frames,
  type LossReason,
  type PublishSocket,
  type QueueClock,
} from "../../../../src/kernel/tslab/publishQueue";

/** A clock that a test advances. */
class ManualClock implements QueueClock {
  time = 0;
  timers: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    const timer = { at: this.time + delayMs, callback };
    this.timers.push(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.timers = this.timers.filter((other) => other !== timer);
  }

  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.clearTimer(next);
      this.time = Math.max(this.time, next.at);
      next.callback();
    }
    this.time = end;
  }
}

/** A socket with one front end, which has room for some messages, as in ZeroMQ. */
class FakeSocket implements PublishSocket {
  isClosed = false;
  room = 0;
  /** Nothing is sent to the front end, and nothing waits for it. */
  isLeftOut = false;
  tries = 0;
  /** What the front end got. */
  readonly got: Frames[] = [];
  /** What all others got. */
  readonly others: Frames[] = [];

  trySend(frames: Frames): boolean {
    this.tries += 1;
    if (!this.isLeftOut) {
      if (this.room === 0) return false;
      this.room -= 1;
      this.got.push(frames);
    }
    this.others.push(frames);
    return true;
  }

  sendToReady(frames: Frames): void {
    if (this.room === 0) this.isLeftOut = true;
    this.trySend(frames);
  }

  /** The front end has read. */
  read(count: number): void {
    this.room += count;
    this.isLeftOut = false;
  }
}

function setUp(room = 0) {
  const clock = new ManualClock();
  const socket = new FakeSocket();
  socket.room = room;
  const losses: LossReason[] = [];
  const queue: PublishQueue = new PublishQueue(
    socket,
    (reason) => {
      losses.push(reason);
      queue.send([`loss ${reason}`]);
    },
    clock,
  );
  const send = (from: number, to: number): void => {
    for (let number = from; number <= to; number++) queue.send([String(number)]);
  };
  return { clock, socket, losses, queue, send };
}

/** The messages of these numbers. */
function numbered(from: number, to: number): Frames[] {
  return Array.from({ length: to - from + 1 }, (_, at) => [String(from + at)]);
}

const HUGE = new Uint8Array(MAX_WAITING_BYTES / 4);

describe("PublishQueue", () => {
  it("sends at once, without a timer, while there is room", () => {
    const { clock, socket, send } = setUp(3);
    send(1, 3);
    expect(socket.got).toEqual(numbered(1, 3));
    expect(clock.timers).toEqual([]);
  });

  it("keeps what finds no room, and all after it, in order", () => {
    const { clock, socket, send } = setUp(2);
    send(1, 4);
    socket.read(1);
    send(5, 5);
    expect(socket.got).toEqual(numbered(1, 2));
    clock.advance(1);
    expect(socket.got).toEqual(numbered(1, 3));
    socket.read(10);
    clock.advance(1);
    send(6, 6);
    expect(socket.got).toEqual(numbered(1, 6));
    expect(clock.timers).toEqual([]);
  });

  it("sends what waits during a long turn too, in which no timer runs", () => {
    const { clock, socket, send } = setUp(1);
    send(1, 3);
    clock.time += 100;
    socket.read(3);
    send(4, 4);
    expect(socket.got).toEqual(numbered(1, 4));
  });

  it("doesn't try for each message of a turn anew", () => {
    const { socket, send } = setUp(0);
    send(1, 1000);
    expect(socket.tries).toBe(1);
  });

  it("gives other work a turn while it sends thousands", () => {
    const { clock, socket, send } = setUp(0);
    send(1, 2000);
    socket.read(2000);
    clock.advance(1);
    expect(socket.got.length).toBeGreaterThan(0);
    expect(socket.got.length).toBeLessThan(1000);
    clock.advance(100);
    expect(socket.got).toEqual(numbered(1, 2000));
  });

  it("sends what waits as it was when it was sent", () => {
    const { clock, socket, queue } = setUp(0);
    const memory = Uint8Array.of(1);
    queue.send(["a", memory]);
    memory.fill(2);
    socket.read(1);
    clock.advance(1);
    expect(socket.got).toEqual([["a", Uint8Array.of(1)]]);
  });

  it("leaves a front end behind that reads nothing, and reports it once", () => {
    const { clock, socket, losses, send } = setUp(2);
    send(1, 5);
    clock.advance(PATIENCE_MS - 100);
    expect(losses).toEqual([]);
    expect(socket.others).toEqual(numbered(1, 2));
    clock.advance(200);
    expect(losses).toEqual(["stalled"]);
    send(6, 6);
    clock.advance(10 * PATIENCE_MS);
    expect(socket.others).toEqual([...numbered(1, 5), ["loss stalled"], ["6"]]);
    expect(losses).toEqual(["stalled"]);
    socket.read(1);
    send(7, 7);
    expect(socket.got).toEqual([...numbered(1, 2), ["7"]]);
  });

  it("has less patience with further front ends, until nothing waits", () => {
    const { clock, socket, losses, send } = setUp(0);
    send(1, 5);
    clock.advance(PATIENCE_MS - 1);
    // The one that is left behind by then leaves another one that has no room for the next message.
    socket.sendToReady = (frames) => void socket.others.push(frames);
    clock.advance(100);
    expect(socket.others).toEqual(numbered(1, 1));
    clock.advance(FURTHER_PATIENCE_MS + 100);
    expect(socket.others).toEqual(numbered(1, 2));
    socket.read(10);
    clock.advance(50);
    expect(losses).toEqual(["stalled", "stalled"]);
    socket.room = 0;
    send(6, 6);
    clock.advance(2 * FURTHER_PATIENCE_MS);
    expect(losses.length).toBe(2);
  });

  it("waits as long as a front end reads, however slowly", () => {
    const { clock, socket, losses, send } = setUp(0);
    send(1, 20);
    for (let turn = 0; turn < 20; turn++) {
      clock.advance(PATIENCE_MS / 2);
      socket.read(1);
    }
    clock.advance(PATIENCE_MS / 2);
    expect(socket.got).toEqual(numbered(1, 20));
    expect(losses).toEqual([]);
  });

  it("doesn't count the time in which the process did something else", () => {
    const { clock, losses, send } = setUp(0);
    send(1, 1);
    clock.time += 10 * PATIENCE_MS;
    clock.advance(100);
    expect(losses).toEqual([]);
  });

  it("loses new messages when too much waits, except for statuses, and reports it once", () => {
    const { clock, socket, losses, queue } = setUp(0);
    for (let number = 1; number <= 6; number++) queue.send([String(number), HUGE]);
    const idle = ["<IDS|MSG>", "", '{"msg_id":"1","msg_type":"status"}', "{}"];
    queue.send(idle);
    expect(losses).toEqual(["overflow"]);
    socket.read(100);
    clock.advance(1);
    expect(socket.got.map(([first]) => first)).toEqual(["1", "2", "3", "loss overflow", idle[0]]);
    socket.room = 0;
    for (let number = 1; number <= 6; number++) queue.send([String(number), HUGE]);
    expect(losses).toEqual(["overflow", "overflow"]);
  });

  it("sends what there is room for when it is disposed, and keeps nothing from then on", () => {
    const { clock, socket, queue, losses, send } = setUp(0);
    send(1, 3);
    socket.read(2);
    queue.dispose();
    queue.dispose();
    expect(socket.got).toEqual(numbered(1, 2));
    expect(socket.others).toEqual(numbered(1, 3));
    send(4, 4);
    expect(socket.others).toEqual(numbered(1, 4));
    expect([clock.timers, losses]).toEqual([[], []]);
  });

  it("sends nothing on a closed socket", () => {
    const { clock, socket, queue, send } = setUp(0);
    send(1, 3);
    socket.isClosed = true;
    socket.read(10);
    clock.advance(1);
    send(4, 4);
    queue.dispose();
    expect([socket.others, clock.timers]).toEqual([[], []]);
  });
});
