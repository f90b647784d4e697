/** What a viewer holds down is released when it goes, however it goes. */
import { describe, expect, it } from "vitest";
import { RemoteFrameBuffer } from "../../../src/kernel";
import type { RfbEvent } from "../../../src/protocol/events";
import { sharedSource } from "../../../src/framebuffer";
import { grayFrame, setUpStream, type FakeSocket } from "../../support/streamHarness";

class Source extends RemoteFrameBuffer {
  readonly seen: RfbEvent[] = [];
  override get_frame() {
    return grayFrame(1);
  }
  override handle_event(event: RfbEvent): void {
    this.seen.push(event);
  }
}

const pointer = { x: 1, y: 1, button: 1, buttons: [1], modifiers: ["Shift"], timestamp: 5 };
const press = (viewer: FakeSocket, type: string, fields: object): void =>
  viewer.say({ type: "event", event: { type, ...fields } });
const key = (name: string, code?: string) => ({ key: name, code, modifiers: [], timestamp: 7 });

async function setUp() {
  const source = new Source();
  const rig = setUpStream({ record_events: true }, { source });
  const viewer = await rig.join();
  return { ...rig, source, viewer };
}

const names = (events: readonly RfbEvent[]): string[] =>
  events.map((event) =>
    "button" in event
      ? `${event.type} ${event.button}`
      : "key" in event
        ? `${event.type} ${event.key}`
        : event.type,
  );

describe("a viewer that goes", () => {
  it("releases its buttons and keys, and its pointer leaves", async () => {
    const { display, source, viewer } = await setUp();
    press(viewer, "pointer_enter", { ...pointer, button: 0, buttons: [] });
    press(viewer, "pointer_down", { ...pointer, touches: { 3: { x: 1, y: 1, pressure: 1 } } });
    press(viewer, "pointer_down", { ...pointer, button: 2, buttons: [1, 2], x: 2 });
    press(viewer, "key_down", key("w", "KeyW"));
    press(viewer, "key_down", key("Shift"));
    const told = source.seen.length;
    viewer.listener?.onClose();
    const released = source.seen.slice(told);
    expect(released).toEqual([
      {
        ...{ event_type: "pointer_up", type: "pointer_up", time_stamp: 7, timestamp: 7 },
        ...{ x: 2, y: 1, button: 1, buttons: [2], modifiers: [], ntouches: 0, touches: {} },
      },
      expect.objectContaining({ type: "pointer_up", button: 2, buttons: [] }),
      expect.objectContaining({ type: "pointer_leave", button: 0, buttons: [] }),
      {
        ...{ event_type: "key_up", type: "key_up", time_stamp: 7, timestamp: 7 },
        ...{ key: "w", code: "KeyW", modifiers: [] },
      },
      {
        event_type: "key_up",
        type: "key_up",
        time_stamp: 7,
        timestamp: 7,
        key: "Shift",
        modifiers: [],
      },
    ]);
    expect(display.recorded.slice(-released.length)).toEqual(released);
  });

  it("says nothing of what it has released itself", async () => {
    const { source, viewer } = await setUp();
    press(viewer, "pointer_enter", { ...pointer, button: 0, buttons: [] });
    press(viewer, "pointer_down", pointer);
    press(viewer, "pointer_down", { ...pointer, button: 2, buttons: [1, 2] });
    // The browser reports one release where both buttons are lost.
    press(viewer, "pointer_up", { ...pointer, buttons: [] });
    press(viewer, "pointer_leave", { ...pointer, button: 0, buttons: [] });
    press(viewer, "key_down", key("a", "KeyA"));
    press(viewer, "key_up", key("A", "KeyA"));
    const told = source.seen.length;
    viewer.listener?.onClose();
    expect(source.seen).toHaveLength(told);
  });

  it("releases each finger that is still down", async () => {
    const { source, viewer } = await setUp();
    press(viewer, "pointer_down", { ...pointer, ntouches: 1 });
    press(viewer, "pointer_down", { ...pointer, ntouches: 2 });
    press(viewer, "pointer_up", { ...pointer, buttons: [], ntouches: 1 });
    const told = source.seen.length;
    viewer.listener?.onClose();
    expect(names(source.seen.slice(told))).toEqual(["pointer_up 1"]);
  });

  it("releases nothing that another viewer holds", async () => {
    const { join, source, viewer } = await setUp();
    const other = await join();
    press(viewer, "key_down", key("w"));
    press(other, "key_down", key("w"));
    viewer.listener?.onClose();
    expect(names(source.seen).filter((name) => name === "key_up w")).toHaveLength(1);
  });

  it("has a bounded number of keys and buttons to release", async () => {
    const { source, viewer } = await setUp();
    for (let index = 0; index < 100; index++) {
      press(viewer, "key_down", key(`key${index}`));
      press(viewer, "pointer_down", pointer);
    }
    const told = source.seen.length;
    viewer.listener?.onClose();
    const released = names(source.seen.slice(told));
    expect(released).toHaveLength(128);
    expect(released.at(-1)).toBe("key_up key99");
  });
});

describe("a display that is closed", () => {
  it("releases what its viewers hold before the source's close event", async () => {
    const { display, source, viewer } = await setUp();
    press(viewer, "key_down", key("w"));
    await display.close();
    expect(names(source.seen)).toEqual(["key_down w", "key_up w", "close"]);
  });

  it("releases it also if the source stays open elsewhere", async () => {
    const { display, source, viewer } = await setUp();
    sharedSource(source).addRoute({});
    press(viewer, "key_down", key("w"));
    await display.close();
    expect(names(source.seen)).toEqual(["key_down w", "key_up w"]);
  });

  it("gives a source that was closed by its owner nothing after its close event", async () => {
    const { source, viewer } = await setUp();
    press(viewer, "key_down", key("w"));
    source.close();
    await Promise.resolve();
    expect(names(source.seen)).toEqual(["key_down w", "close"]);
    expect(viewer.closed?.code).toBe(1001);
  });

  it("gives the releases to a program that polls", async () => {
    const { display, join } = setUpStream();
    const viewer = await join();
    press(viewer, "key_down", key("w"));
    viewer.listener?.onClose();
    const [down, up] = display.poll_events();
    expect(up).toMatchObject({ client_id: down?.client_id, event: { type: "key_up", key: "w" } });
  });
});
