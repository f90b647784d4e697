import { describe, expect, it } from "vitest";
import type { EdgeRendition } from "../../../src/relay/edge/edgeRendition";
import { KeptFrames } from "../../../src/relay/edge/keptFrames";
import type { RelayedFrame } from "../../../src/relay/edge/relayedFrame";
import { ViewerFrames } from "../../../src/relay/edge/viewerFrames";
import type { StreamFrameHeader } from "../../../src/protocol/streamMessages";
import { FakeSocket } from "../../support/streamHarness";

/** A key chunk and those after it. */
function chunk(object: number, bytes: number): RelayedFrame {
  const header = {
    ...{ type: "video_chunk", seq: object, width: 64, height: 64, bitstream: "annexb" },
    ...{ codec: "avc1.42E01F", keyframe: object === 0, timestamp_us: 1 },
    ...(object === 0 ? {} : { base: object - 1 }),
  } as unknown as StreamFrameHeader;
  const payload = new Uint8Array(bytes);
  return { group: 1, object, header, rawHeader: header, payload };
}

function setUp(bytes: number) {
  const kept = new KeptFrames();
  for (let object = 0; object < 6; object++) kept.add(chunk(object, bytes));
  const socket = new FakeSocket();
  const sent: number[] = [];
  socket.sendBinary = (parts) => {
    socket.note(parts);
    sent.push(parts.reduce((sum, { length }) => sum + length, 0));
  };
  const frames = new ViewerFrames({
    ...{ socket, maxBufferedBytes: 1e9, monotonic: () => 0, onSent: () => undefined },
  });
  const rendition = { kept, fps: 30, awaitKeyframe: () => undefined };
  return { frames, socket, sent, rendition: rendition as unknown as EdgeRendition };
}

describe("frames for a viewer that catches up", () => {
  it("go at once, although each call of the system takes only some of them", () => {
    const { frames, rendition, sent, socket } = setUp(40_000);
    frames.follow(rendition);
    expect(sent).toHaveLength(6);
    expect(socket.batches).toBeGreaterThan(1);
  });

  it("go in one call of the system if they are small", () => {
    const { frames, rendition, sent, socket } = setUp(1000);
    frames.follow(rendition);
    expect([sent.length, socket.batches]).toEqual([6, 1]);
  });

  it("wait while the system takes nothing", () => {
    const { frames, rendition, sent, socket } = setUp(40_000);
    socket.takesNothing = true;
    frames.follow(rendition);
    // 80,000 bytes are more than may wait.
    expect(sent).toHaveLength(2);
  });
});
