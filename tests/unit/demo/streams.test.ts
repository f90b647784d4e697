import { afterEach, describe, expect, it, vi } from "vitest";
import { fitsHeader, listStreams, pageOf, streamName, streamPath } from "../../../src/demo/streams";

describe("the path of a page", () => {
  it.each([
    ["/", "/", "default"],
    ["/index.html", "/", "default"],
    ["/cam", "/cam", "cam"],
    ["/rfb/", "/rfb/", "default"],
    ["/rfb/cam-1.b", "/rfb/cam-1.b", "cam-1.b"],
  ])("%s is that of its stream", (path, stream, name) => {
    expect([streamPath(path), streamName(path)]).toEqual([stream, name]);
    expect(new URL(pageOf(name), `http://host${path}`).pathname).toBe(stream);
  });
});

describe("the list of streams", () => {
  afterEach(() => vi.unstubAllGlobals());

  const answering = (answer: () => Response) => {
    const ask = vi.fn((_url: string, _options?: RequestInit) => Promise.resolve().then(answer));
    vi.stubGlobal("fetch", ask);
    return ask;
  };

  it("is asked for with the token and the page's query", async () => {
    const ask = answering(() => Response.json([{ name: "a", width: 1 }, { name: 2 }, null]));
    expect(await listStreams("t", "?x=1")).toEqual(["a"]);
    expect(ask).toHaveBeenCalledWith("streams?x=1", { headers: { Authorization: "Bearer t" } });
  });

  it.each([
    ["requires a token", () => new Response("", { status: 401 }), "refused"],
    ["is broken", () => new Response("", { status: 500 }), []],
    ["answers with something else", () => Response.json({ name: "a" }), []],
    ["answers with no JSON", () => new Response("<p>"), []],
  ])("is empty, or refused, where the server %s", async (_what, answer, expected) => {
    answering(answer);
    expect(await listStreams(undefined, "")).toEqual(expected);
  });

  it("is not asked for with a token that no header can hold", () => {
    expect([undefined, "a-b_c", "a b", "ä", "a\n"].map(fitsHeader)).toEqual([
      ...[true, true, false, false, false],
    ]);
  });
});
