import { describe, expect, it } from "vitest";
import { checkOptions, streamUrl } from "../../../src/client/options";
import { withoutSecrets } from "../../../src/client/shared/withoutSecrets";

const BASE = "https://example.org/app/page.html";
const check = (options: object) => checkOptions({ url: "/stream", ...options }, BASE);

describe("options", () => {
  it("have defaults", () => {
    expect(check({})).toEqual({
      ...{ urls: ["wss://example.org/stream"], token: undefined, imageOnly: false, fit: "contain" },
      ...{ background: "#000", autoResize: true, devicePixelRatio: undefined, maxInflight: 8 },
      ...{
        maxBackingDimension: Infinity,
        quality: undefined,
        throttle: null,
        touchKeyboard: false,
        toolbar: false,
        hideState: false,
        label: undefined,
      },
      ...{ workerFactory: undefined, debug: false },
    });
  });

  it.each([
    [{ url: 5 }, TypeError, "url: expected a string, or a list of 1 to 64 strings, got 5"],
    [{ url: [] }, TypeError, /^url: expected a string, or a list of 1 to 64 strings/],
    [{ url: ["/a", 5] }, TypeError, /^url: expected a string, or a list of 1 to 64 strings/],
    [{ url: ["/a", "ftp://a/b"] }, RangeError, /^url\[1\]: expected a ws:, .* got "ftp:\/\/a\/b"$/],
    [{ url: "ftp://a/b" }, RangeError, /^url: expected a ws:, .* got "ftp:\/\/a\/b"$/],
    [{ url: "http://[" }, RangeError, /^url: expected a ws:/],
    [{ fit: "none" }, RangeError, 'fit: expected one of "contain", "cover", "fill", got "none"'],
    [{ fit: 1 }, TypeError, 'fit: expected one of "contain", "cover", "fill", got 1'],
    [{ background: 7 }, TypeError, "background: expected a string, got 7"],
    [{ quality: 0 }, RangeError, "quality: expected an integer from 1 to 100, got 0"],
    [{ quality: 1.5 }, RangeError, "quality: expected an integer from 1 to 100, got 1.5"],
    [{ quality: "9" }, TypeError, 'quality: expected an integer from 1 to 100, got "9"'],
    [{ maxInflight: 0 }, RangeError, "maxInflight: expected an integer from 1 to 1000, got 0"],
    [
      { maxBackingDimension: 0 },
      RangeError,
      /^maxBackingDimension: expected an integer from 1 to 65535, got 0$/,
    ],
    [{ devicePixelRatio: NaN }, RangeError, /^devicePixelRatio: .* got NaN$/],
    [
      { throttle: -1 },
      RangeError,
      /^throttle: expected a number from 0 to 60000, or null, got -1$/,
    ],
    [{ imageOnly: "yes" }, TypeError, 'imageOnly: expected true or false, got "yes"'],
    [{ autoResize: 1 }, TypeError, "autoResize: expected true or false, got 1"],
    [{ onState: 1 }, TypeError, "onState: expected a function, got 1"],
    [{ workerFactory: {} }, TypeError, "workerFactory: expected a function, got an object"],
    [{ label: 3 }, TypeError, "label: expected a string, got 3"],
  ])("refuse %o", (options, type, message) => {
    expect(() => check(options)).toThrow(type);
    expect(() => check(options)).toThrow(message);
  });

  it("take several URLs", () => {
    expect(check({ url: ["/a", "ws://other.org/a#top"] }).urls).toEqual([
      "wss://example.org/a",
      "ws://other.org/a",
    ]);
  });

  it("refuse no options at all", () => {
    expect(() => checkOptions(undefined as never, BASE)).toThrow(
      "options: expected an object with a url, got undefined",
    );
  });

  it("never show the token", () => {
    expect(() => check({ token: ["secret"] })).toThrow(
      "token: expected a string of at most 16384 characters, got a value of type object",
    );
    expect(() => check({ token: "secret".repeat(10_000) })).toThrow(
      "token: expected a string of at most 16384 characters, got a string of length 60000",
    );
  });
});

describe("a URL", () => {
  it.each([
    ["ws://a:1/b", "ws://a:1/b"],
    ["wss://a/b?c=d#e", "wss://a/b?c=d"],
    ["http://a/b", "ws://a/b"],
    ["https://a/b", "wss://a/b"],
    ["/b", "wss://example.org/b"],
    ["b", "wss://example.org/app/b"],
    ["//other/b", "wss://other/b"],
    ["", "wss://example.org/app/page.html"],
  ])("%o is %s", (url, expected) => {
    expect(streamUrl(url, BASE)).toBe(expected);
  });

  it.each([
    ["wss://me:word@a/b?token=secret#x", "wss://a/b"],
    ["ws://a/b#token", "ws://a/b"],
    ["/b?token=\nsecret", "/b"],
  ])("%o is shown as %s", (url, expected) => {
    expect(withoutSecrets(url)).toBe(expected);
  });
});
