import { describe, expect, it, vi } from "vitest";
import {
  MAX_WAITING_BYTES,
  PublishQueue,
  type Frames,
  type LossReason,
  type PublishSocket,
} from "../../../../src/kernel/tslab/publishQueue";
import {
  FURTHER_PATIENCE_MS,
  LONGEST_PATIENCE_MS,
  MARK,
  PATIENCE_MS,
  STEP,
} from "../../../../src/kernel/tslab/sendPatience";
import { ManualClock } from "../../../support/manualClock";

/** A front end, and what ZeroMQ knows of it. */
class FrontEnd {
  /** Nothing is sent to it, and nothing waits for it. */
  isLeftOut = false;
  /** What was sent to it. */
  readonly got: Frames[] = [];
  #waiting: number;
  #read = 0;

  /** @param room - How many messages it has room for at first. */
  constructor(room: number) {
    this.#waiting = MARK - room;
  }

  get isFull(): boolean {
    return !this.isLeftOut && this.#waiting >= MARK;
  }

  receive(frames: Frames): void {
    if (this.isLeftOut) return;
    this.#waiting += 1;
    this.got.push(frames);
  }

  /** It has read. ZeroMQ notices that in steps. */
  read(count: number): void {
    this.#read += count;
    for (; this.#read >= STEP; this.#read -= STEP) {
      this.#waiting -= STEP;
      this.isLeftOut = false;
    }
  }
}

/** ZeroMQ's socket to all front ends. */
class FakeSocket implements PublishSocket {
  isClosed = false;
  tries = 0;
  readonly frontEnds: FrontEnd[] = [];
  /** What those got that had room for it. */
  readonly sent: Frames[] = [];

  trySend(frames: Frames): boolean {
    this.tries += 1;
    if (this.frontEnds.some(({ isFull }) => isFull)) return false;
    for (const frontEnd of this.frontEnds) frontEnd.receive(frames);
    this.sent.push(frames);
    return true;
  }

  sendToReady(frames: Frames): void {
    for (const frontEnd of this.frontEnds) frontEnd.isLeftOut ||= frontEnd.isFull;
    this.trySend(frames);
  }
}

/** @param rooms - How many messages each front end has room for at first. */
function setUp(...rooms: number[]) {
  const clock = new ManualClock();
  const socket = new FakeSocket();
  const frontEnds = rooms.map((room) => new FrontEnd(room));
  socket.frontEnds.push(...frontEnds);
  const losses: LossReason[] = [];
  const queue: PublishQueue = new PublishQueue(
    socket,
    (reason) => {
      losses.push(reason);
      queue.send([`loss ${reason}`]);
    },
    clock,
  );
  const send = (from: number, to: number, size = 0): void => {
    const body = size === 0 ? [] : [new Uint8Array(size)];
    for (let number = from; number <= to; number++) queue.send([String(number), ...body]);
  };
  const frontEnd = frontEnds[0] as FrontEnd;
  return { clock, socket, frontEnd, frontEnds, losses, queue, send };
}

/** The messages of these numbers. */
function numbered(from: number, to: number): Frames[] {
  return Array.from({ length: to - from + 1 }, (_, at) => [String(from + at)]);
}

const HUGE = new Uint8Array(MAX_WAITING_BYTES / 4);

/** The numbers of messages. */
function numbersOf(messages: readonly Frames[]): number[] {
  return messages.map(([first]) => Number(first)).filter((number) => !Number.isNaN(number));
}

describe("PublishQueue", () => {
  it("sends at once, without a timer, while there is room", () => {
    const { clock, frontEnd, send } = setUp(3);
    send(1, 3);
    expect(frontEnd.got).toEqual(numbered(1, 3));
    expect(clock.timers).toEqual([]);
  });

  it("keeps what finds no room, and all after it, in order", () => {
    const { clock, frontEnd, send } = setUp(2);
    send(1, 2 + STEP + 1);
    frontEnd.read(STEP);
    send(2 + STEP + 2, 2 + STEP + 2);
    expect(frontEnd.got).toEqual(numbered(1, 2));
    clock.advance(1);
    expect(frontEnd.got).toEqual(numbered(1, 2 + STEP));
    frontEnd.read(STEP);
    clock.advance(1);
    send(2 + STEP + 3, 2 + STEP + 3);
    expect(frontEnd.got).toEqual(numbered(1, 2 + STEP + 3));
    expect(clock.timers).toEqual([]);
  });

  it("sends what waits during a long turn too, in which no timer runs", () => {
    const { clock, frontEnd, send } = setUp(1);
    send(1, 3);
    clock.time += 100;
    frontEnd.read(STEP);
    send(4, 4);
    expect(frontEnd.got).toEqual(numbered(1, 4));
  });

  it("doesn't try for each message of a turn anew, whenever the turn begins", () => {
    const { clock, socket, send } = setUp(0);
    clock.time = 1_000_000;
    send(1, 1000);
    expect(socket.tries).toBe(1);
  });

  it("gives other work a turn while it sends thousands", () => {
    const { clock, frontEnd, send } = setUp(0);
    send(1, 2000);
    frontEnd.read(4 * STEP);
    clock.advance(1);
    expect(frontEnd.got.length).toBeGreaterThan(0);
    expect(frontEnd.got.length).toBeLessThan(1000);
    clock.advance(100);
    expect(frontEnd.got).toEqual(numbered(1, 2000));
  });

  it("sends what waits as it was when it was sent", () => {
    const { clock, frontEnd, queue } = setUp(0);
    const memory = Uint8Array.of(1);
    queue.send(["a", memory]);
    memory.fill(2);
    frontEnd.read(STEP);
    clock.advance(1);
    expect(frontEnd.got).toEqual([["a", Uint8Array.of(1)]]);
  });

  it("leaves a front end behind that reads nothing, and reports it once", () => {
    const { clock, socket, frontEnd, losses, send } = setUp(2);
    send(1, 5);
    clock.advance(PATIENCE_MS - 100);
    expect(losses).toEqual([]);
    expect(socket.sent).toEqual(numbered(1, 2));
    clock.advance(200);
    expect(losses).toEqual(["stalled"]);
    send(6, 6);
    clock.advance(10 * PATIENCE_MS);
    expect(socket.sent).toEqual([...numbered(1, 5), ["loss stalled"], ["6"]]);
    expect(losses).toEqual(["stalled"]);
    frontEnd.read(STEP);
    send(7, 7);
    expect(frontEnd.got).toEqual([...numbered(1, 2), ["7"]]);
  });

  it("does so in a long turn too, in which no timer runs", () => {
    const { clock, socket, losses, send } = setUp(2);
    for (let number = 1; number <= 1000; number++) {
      clock.time += 10;
      send(number, number);
    }
    expect(losses).toEqual(["stalled"]);
    expect(numbersOf(socket.sent)).toEqual(numbersOf(numbered(1, 1000)));
  });

  it("has less patience with a further one, if it has no room for the next messages", () => {
    const { clock, socket, losses, send } = setUp(2, 3, STEP + 4);
    send(1, STEP + 10);
    clock.advance(PATIENCE_MS - 100);
    expect(socket.sent).toEqual(numbered(1, 2));
    clock.advance(200);
    expect(socket.sent).toEqual(numbered(1, 3));
    clock.advance(FURTHER_PATIENCE_MS + 100);
    expect(numbersOf(socket.sent)).toEqual(numbersOf(numbered(1, STEP + 4)));
    // The third one had time to read, and room for the next messages because of that.
    clock.advance(PATIENCE_MS - 500);
    expect(losses).toEqual(["stalled", "stalled"]);
    clock.advance(500);
    expect(losses).toEqual(["stalled", "stalled", "stalled"]);
  });

  it.each([
    [100, 10],
    [30, 3000],
    [17, 20_000],
  ])("loses nothing to a front end that reads %i messages of %i bytes a second", (rate, size) => {
    const { clock, frontEnd, losses, send } = setUp(MARK);
    send(1, 4 * MARK, size);
    for (let read = 0; read < 4 * MARK; read += rate) {
      clock.advance(1000);
      frontEnd.read(rate);
    }
    expect(frontEnd.got.length).toBe(4 * MARK);
    expect(losses).toEqual([]);
  });

  it("doesn't let one that always reads too slowly hold up the others again and again", () => {
    const { clock, frontEnds, send } = setUp(MARK, MARK);
    const [fast, slow] = frontEnds as [FrontEnd, FrontEnd];
    /** Returns the seconds in which the fast one got nothing. */
    const run = (seconds: number): number => {
      let tenths = 0;
      for (let tenth = 1; tenth <= 10 * seconds; tenth++) {
        const before = fast.got.length;
        send(1, 4, 5000);
        clock.advance(100);
        fast.read(fast.got.length - before);
        slow.read(1);
        if (fast.got.length === before) tenths += 1;
      }
      return tenths / 10;
    };
    expect(run(150)).toBeGreaterThan(60);
    expect(run(750)).toBeLessThan(30);
  });

  it("waits 30 s at most, however large messages are", () => {
    const { clock, losses, send } = setUp(MARK);
    send(1, MARK + 1, 20_000);
    clock.advance(LONGEST_PATIENCE_MS - 1000);
    expect(losses).toEqual([]);
    clock.advance(2000);
    expect(losses).toEqual(["stalled"]);
  });

  it("doesn't count the time in which the process did something else", () => {
    const { clock, losses, send } = setUp(0);
    send(1, 1);
    clock.time += 10 * PATIENCE_MS;
    clock.advance(100);
    expect(losses).toEqual([]);
  });

  it("loses new messages when too much waits, except for statuses, and reports it once", () => {
    const { clock, frontEnd, losses, queue, send } = setUp(0);
    for (let number = 1; number <= 6; number++) queue.send([String(number), HUGE]);
    const idle = ["<IDS|MSG>", "", '{"msg_id":"1","msg_type":"status"}', "{}"];
    queue.send(idle);
    expect(losses).toEqual(["overflow"]);
    frontEnd.read(STEP);
    clock.advance(1);
    expect(frontEnd.got.map(([first]) => first)).toEqual(["1", "2", "3", "loss overflow", idle[0]]);
    send(6, STEP);
    for (let number = 1; number <= 6; number++) queue.send([String(number), HUGE]);
    expect(losses).toEqual(["overflow", "overflow"]);
  });

  it("reports the next overflow too if all could be sent during the first report", () => {
    const { clock, frontEnd, losses, queue, send } = setUp(0);
    queue.send(["1", HUGE]);
    queue.send(["2", HUGE]);
    queue.send(["3", HUGE]);
    // The report is sent 10 ms later, when the front end has read.
    const report = vi.spyOn(losses, "push").mockImplementation((reason) => {
      clock.time += 10;
      frontEnd.read(STEP);
      losses[losses.length] = reason;
      return losses.length;
    });
    queue.send(["lost", HUGE]);
    expect(frontEnd.got.length).toBe(4);
    report.mockRestore();
    send(5, STEP);
    for (let number = 1; number <= 6; number++) queue.send([String(number), HUGE]);
    expect(losses).toEqual(["overflow", "overflow"]);
  });

  it("keeps all of an overflow's report, also if messages are lost to a front end meanwhile", () => {
    const { clock, socket, losses, queue } = setUp(0, 1);
    for (let number = 1; number <= 3; number++) queue.send([String(number), HUGE]);
    clock.advance(PATIENCE_MS - 100);
    vi.spyOn(losses, "push").mockImplementation((reason) => {
      losses[losses.length] = reason;
      if (reason === "overflow") {
        clock.advance(200);
        queue.send(["more", HUGE]);
        queue.send(["last", HUGE]);
      }
      return losses.length;
    });
    queue.send(["lost", HUGE]);
    queue.dispose();
    expect(losses).toEqual(["overflow", "stalled"]);
    expect(socket.sent.map(([first]) => first)).toContain("last");
  });

  it("sends what there is room for when it is disposed, and keeps nothing from then on", () => {
    const { clock, socket, frontEnd, queue, losses, send } = setUp(0);
    send(1, STEP + 1);
    frontEnd.read(STEP);
    queue.dispose();
    queue.dispose();
    expect(frontEnd.got).toEqual(numbered(1, STEP));
    expect(socket.sent).toEqual(numbered(1, STEP + 1));
    send(STEP + 2, STEP + 2);
    expect(socket.sent).toEqual(numbered(1, STEP + 2));
    expect([clock.timers, losses]).toEqual([[], []]);
  });

  it("sends nothing on a closed socket", () => {
    const { clock, socket, frontEnd, queue, send } = setUp(0);
    send(1, 3);
    socket.isClosed = true;
    frontEnd.read(STEP);
    clock.advance(1);
    send(4, 4);
    queue.dispose();
    expect([socket.sent, clock.timers]).toEqual([[], []]);
  });
});
