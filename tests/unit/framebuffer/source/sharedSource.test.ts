import { describe, expect, it } from "vitest";
import {
  SharedSource,
  sharedSource,
  wrapSource,
} from "../../../../src/framebuffer/source/sharedSource";
import { FakeClock } from "../../../support/fakeClock";

const same = (frame: unknown): unknown => frame;

/** An asynchronous get_frame() whose draws the test finishes. */
function slowDraws() {
  const pending: { finish(frame: unknown): void; fail(error: Error): void }[] = [];
  return {
    pending,
    getFrame: (): Promise<unknown> =>
      new Promise((resolve, reject) => pending.push({ finish: resolve, fail: reject })),
  };
}

/** Lets promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a shared source", () => {
  it("is drawn at once when no draw is under way", () => {
    const shared = new SharedSource();
    expect(shared.draw(() => 1, same)).toBe(1);
    expect(shared.draw(() => 2, same)).toBe(2);
  });

  it("is drawn one draw after the other, in the order in which they were asked for", async () => {
    const shared = new SharedSource();
    const { pending, getFrame } = slowDraws();
    const order: string[] = [];
    const ask = (name: string): unknown =>
      shared.draw(getFrame, (frame) => order.push(`${name}${String(frame)}`));
    for (const name of ["a", "b", "c"]) ask(name);
    for (let draw = 0; draw < 6; draw++) {
      expect(pending).toHaveLength(draw + 1);
      pending[draw]?.finish(draw);
      // The first asks again at once, and does not get ahead of the others.
      ask("abc".charAt(draw % 3));
      await settle();
    }
    expect(order).toEqual(["a0", "b1", "c2", "a3", "b4", "c5"]);
  });

  it("reports a draw that does not end, once, and goes on when it does", async () => {
    const shared = new SharedSource();
    const clock = new FakeClock();
    const { pending, getFrame } = slowDraws();
    const reports: string[] = [];
    const watch = { clock, reportSlow: (error: Error) => reports.push(error.message) };
    const slow = shared.draw(getFrame, same, watch);
    const next = shared.draw(() => 2, same, watch);
    clock.advance(9.9);
    expect(reports).toEqual([]);
    clock.advance(100);
    expect(reports).toEqual([
      "get_frame() has not ended after 10 s; nothing is drawn until its Promise settles",
    ]);
    pending[0]?.finish(1);
    expect(await Promise.all([slow, next])).toEqual([1, 2]);
    const failing = shared.draw(getFrame, same, watch);
    pending[1]?.fail(new Error("no scene"));
    await expect(failing).rejects.toThrow("no scene");
    expect(clock.pending).toBe(0);
  });

  it("gives a frame to who asked for it before the next draw can change it", async () => {
    const shared = new SharedSource();
    const memory = [0];
    const draw = (value: number) => async () => {
      memory[0] = value;
      await settle();
      return memory;
    };
    const copy = (frame: unknown): unknown => [...(frame as number[])];
    const asked = [1, 2, 3].map((value) => shared.draw(draw(value), copy));
    expect(await Promise.all(asked)).toEqual([[1], [2], [3]]);
  });

  it("goes on after draws that throw or reject, and after frames that cannot be taken", async () => {
    const shared = new SharedSource();
    const fail = (): never => {
      throw new Error("no scene");
    };
    expect(() => shared.draw(fail, same)).toThrow("no scene");
    expect(() => shared.draw(() => 1, fail)).toThrow("no scene");
    const { pending, getFrame } = slowDraws();
    const asked = [
      shared.draw(getFrame, same),
      shared.draw(fail, same),
      shared.draw(() => 1, fail),
      shared.draw(() => 7, same),
    ];
    const settled = Promise.allSettled(asked);
    pending[0]?.fail(new Error("no device"));
    expect((await settled).map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
      "rejected",
      "fulfilled",
    ]);
    expect(shared.draw(() => 8, same)).toBe(8);
  });

  it("gives nothing to get_frame() itself, which cannot wait for its own end", async () => {
    const shared = new SharedSource();
    const inner: unknown[] = [];
    const getFrame = (): number => {
      inner.push(shared.draw(getFrame, same));
      return 5;
    };
    expect(shared.draw(getFrame, same)).toBe(5);
    const slow = async (): Promise<number> => {
      inner.push(shared.draw(slow, same));
      await settle();
      return 6;
    };
    expect(await shared.draw(slow, same)).toBe(6);
    expect(inner).toEqual([null, null]);
  });

  it("hears that it is closed from its last route, or from its owner, and once", () => {
    const shared = new SharedSource();
    const routes = [{}, {}] as const;
    for (const route of routes) shared.addRoute(route);
    expect(shared.removeRoute(routes[0])).toBe(false);
    expect(shared.removeRoute(routes[0])).toBe(false);
    expect(shared.removeRoute(routes[1])).toBe(true);
    expect([shared.removeRoute(routes[1]), shared.close()]).toEqual([false, false]);
    // Shown again, it is open again.
    shared.addRoute(routes[0]);
    expect([shared.close(), shared.close(), shared.removeRoute(routes[0])]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is the same for a source and what wraps it", () => {
    const source = { get_frame: () => null, handle_event: () => undefined };
    const wrapper = wrapSource(source, { ...source });
    expect(sharedSource(wrapper)).toBe(sharedSource(source));
    expect(sharedSource({ ...source })).not.toBe(sharedSource(source));
  });
});
