import { ServerResponse } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { streamOf } from "../../../src/server/display";
import { rejectHandshake } from "../../../src/server/handshake";
import { answer } from "../../../src/server/http";
import type { StreamOptions } from "../../../src/server/options";
import type { Stream } from "../../../src/server/stream";
import { fakeRequest, setUpStream } from "../../support/streamHarness";

/** Asks for a path of the side channel, and gives what is being answered. */
function setUpHttp(options: StreamOptions = {}, change: Partial<Stream> = {}) {
  const { clock, display, errors } = setUpStream(options);
  const stream = Object.assign(streamOf(display), change);
  const ask = (path: string, { method = "GET", isAllowed = true } = {}): ServerResponse => {
    const request = Object.assign(fakeRequest(path), { method });
    const response = new ServerResponse(request);
    const streams = new Map([["default", stream]]);
    answer(path, { streams, isAllowed, authTimeout: 10 }, request, response);
    return response;
  };
  return { ask, clock, display, errors };
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

describe("a refused handshake", () => {
  it("is destroyed once its answer is written, also when the peer does not hang up", async () => {
    const socket = new PassThrough();
    rejectHandshake(socket, 403);
    await expect.poll(() => socket.destroyed).toBe(true);
  });
});
