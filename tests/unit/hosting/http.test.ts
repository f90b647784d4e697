import { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { rejectHandshake } from "../../../src/hosting/handshake";
import { answer } from "../../../src/hosting/http";
import { prometheusText } from "../../../src/hosting/metrics";
import { streamOf } from "../../../src/server/display";
import { servedStream } from "../../../src/server/servedStream";
import type { Stream } from "../../../src/server/stream";
import type { StreamOptions } from "../../../src/server/streamOptions";
import { fakeRequest, HELLO, setUpStream } from "../../support/streamHarness";

/** Asks for a path of the side channel, and gives what is being answered. */
function setUpHttp(options: StreamOptions = {}, change: Partial<Stream> = {}) {
  const parts = setUpStream(options);
  const { display } = parts;
  const stream = Object.assign(streamOf(display), change);
  const ask = (path: string, { method = "GET", isAllowed = true } = {}): ServerResponse => {
    const request = Object.assign(fakeRequest(path), { method });
    const response = new ServerResponse(request);
    const streams = new Map([["default", servedStream(stream)]]);
    answer(path, { streams, isAllowed, authTimeout: 10 }, request, response);
    return response;
  };
  return { ...parts, ask, stream };
}

describe("the side channel", () => {
  it("leaves a request alone that the application has answered meanwhile", async () => {
    let sayYes = (): void => undefined;
    const { ask, clock, errors } = setUpHttp({
      authenticate: () => new Promise((resolve) => (sayYes = () => resolve("ada"))),
    });
    const response = ask("/metrics");
    await clock.settle();
    response.writeHead(503).end();
    sayYes();
    await clock.settle();
    expect([response.statusCode, errors]).toEqual([503, []]);
  });

  it("answers with 500 and reports where it fails", async () => {
    const metrics = (): never => {
      throw new Error("no numbers");
    };
    const { ask, clock, errors } = setUpHttp({}, { metrics });
    const response = ask("/metrics");
    await clock.settle();
    expect(response.statusCode).toBe(500);
    expect(errors.map(({ error }) => String(error))).toEqual(["Error: no numbers"]);
  });
});

describe("recorded events", () => {
  const pointer = { type: "pointer_down", x: 1, y: 1, button: 1, buttons: [1], modifiers: [] };

  it.each([
    ["the default stream", "/recorded-events/reset"],
    ["a stream by its name", "/streams/default/recorded-events/reset"],
  ])("of %s are forgotten by POST only, and not for another page", async (_what, path) => {
    const { ask, clock, display, join } = setUpHttp({ record_events: true });
    const viewer = await join();
    viewer.say({ type: "event", event: pointer });
    // An <img> of any page asks so, without an origin.
    const got = ask(path);
    const refused = ask(path, { method: "POST", isAllowed: false });
    await clock.settle();
    expect([got.statusCode, got.getHeader("allow"), refused.statusCode]).toEqual([
      405,
      "POST",
      403,
    ]);
    expect(display.recorded).toHaveLength(1);
    const posted = ask(path, { method: "POST" });
    await clock.settle();
    expect([posted.statusCode, display.recorded.length]).toEqual([200, 0]);
  });
});

describe("the paths of a stream", () => {
  it.each([
    ["/streams/default/metrics", 200],
    ["/streams/default/recorded-events", 200],
    ["/streams/default/recorded-events/", 200],
    ["/streams/nobody/recorded-events", 404],
    ["/streams/nobody/metrics", 404],
  ])("%s is answered with %i", async (path, status) => {
    const { ask, clock } = setUpHttp();
    const response = ask(path);
    await clock.settle();
    expect(response.statusCode).toBe(status);
  });

  it.each(["/streams/default", "/streams/default/metrics/reset", "/streams/default/health"])(
    "%s is left to the application",
    (path) => {
      const { ask } = setUpHttp();
      expect(ask(path).headersSent).toBe(false);
    },
  );
});

describe("the metrics of a stream", () => {
  it("count viewers that have left, and go on with a second hello", async () => {
    const { display, join, publish, stream } = setUpHttp();
    const viewer = await join();
    await publish(1);
    viewer.ack();
    viewer.say(HELLO);
    await publish(2);
    viewer.ack();
    const { frames_sent, frames_acked } = display.metrics()[0] ?? {};
    expect([frames_sent, frames_acked]).toEqual([2, 2]);
    viewer.listener?.onClose();
    const text = prometheusText([
      { stream: "default", viewers: stream.metrics(), departed: stream.departed },
    ]);
    expect(text).toContain('rfb_viewers{stream="default"} 0\n');
    expect(text).toContain('rfb_frames_sent_total{stream="default"} 2\n');
  });
});

describe("a refused handshake", () => {
  it("is destroyed once its answer is written, also when the peer does not hang up", async () => {
    const socket = new PassThrough();
    rejectHandshake(socket, 403);
    await expect.poll(() => socket.destroyed).toBe(true);
  });
});
