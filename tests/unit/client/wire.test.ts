import { describe, expect, it } from "vitest";
import { eventMessage, helloMessage, receiverMessage } from "../../../src/client/worker/wire";
import { parseClientMessage } from "../../../src/protocol/parseClientMessage";

const hello = { ratio: 2, token: undefined, quality: undefined };
const placement = {
  fit: "contain",
  element: { width: 100, height: 100 },
  frame: { width: 200, height: 200 },
} as const;

/** The exact text on the wire. */
const golden = (message: object | undefined): string => JSON.stringify(message);

describe("a client's message", () => {
  it.each([
    [
      "hello",
      helloMessage(["webp", "patches", "h264", "vp9"], { ...hello, token: "t", quality: 60 }),
      '{"type":"hello","supported":["image/jpeg","image/png","image/webp","rfb/patches",' +
        '"webcodecs/h264-annexb","webcodecs/vp9"],"device_pixel_ratio":2,"token":"t","quality":60}',
    ],
    [
      "hello of a browser with few abilities",
      receiverMessage({ type: "hello", version: 1, accepts: [] }, hello, 3),
      '{"type":"hello","supported":["image/jpeg","image/png"],"device_pixel_ratio":2}',
    ],
    [
      "ack",
      receiverMessage({ type: "frame_feedback", index: 8, timestamp: 1, localtime: 2 }, hello, 3),
      '{"type":"ack","seq":7,"decode_queue_size":3,"displayed":true}',
    ],
    [
      "request_keyframe",
      receiverMessage({ type: "request_keyframe", reason: "lost" }, hello, 3),
      '{"type":"request_keyframe","reason":"lost"}',
    ],
    [
      "wheel",
      eventMessage(
        {
          ...{ type: "wheel", timestamp: 1.5, x: 10, y: 20, dx: 0, dy: 100 },
          ...{ buttons: [], modifiers: ["Shift"] },
        },
        placement,
        2,
      ),
      '{"type":"event","event":{"type":"wheel","timestamp":1.5,"x":20,"y":40,"dx":0,"dy":100,' +
        '"buttons":[],"modifiers":["Shift"],"inside":true,"pixel_ratio":2,"logical_x":10,"logical_y":20}}',
    ],
    [
      "key_down",
      eventMessage({ type: "key_down", timestamp: 1, key: "a", modifiers: [] }, undefined, 1),
      '{"type":"event","event":{"type":"key_down","timestamp":1,"key":"a","modifiers":[]}}',
    ],
    [
      "hide",
      eventMessage({ type: "hide", timestamp: 3 }, undefined, 1),
      '{"type":"event","event":{"type":"hide","timestamp":3}}',
    ],
  ])("%s has this exact text, and a server understands it", (_name, message, text) => {
    expect(golden(message)).toBe(text);
    expect(parseClientMessage(text).type).not.toBe("unknown");
  });

  it("is not sent for an event with a position before the first frame", () => {
    const move = {
      type: "pointer_move",
      ...{ timestamp: 1, x: 1, y: 2, button: 0, buttons: [] },
      ...{ modifiers: [], ntouches: 0, touches: {} },
    } as const;
    expect(eventMessage(move, undefined, 1)).toBeUndefined();
  });
});
