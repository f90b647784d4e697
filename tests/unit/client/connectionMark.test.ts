import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionMark } from "../../../src/client/connectionMark";

describe("the mark over a stream's picture", () => {
  let shown: string | undefined;
  let mark: ConnectionMark;

  beforeEach(() => {
    vi.useFakeTimers();
    mark = new ConnectionMark((content) => {
      shown = content && `${content.kind}: ${content.text}`;
    });
  });

  afterEach(() => {
    mark.dispose();
    vi.useRealTimers();
  });

  /** The first connection works. */
  function connect(): void {
    mark.setState("open");
    mark.setState("negotiated");
  }

  it("says nothing if the first frame comes soon", () => {
    connect();
    mark.painted();
    vi.advanceTimersByTime(60_000);
    expect(shown).toBeUndefined();
  });

  it("says that the view connects, and then that there is no frame", () => {
    vi.advanceTimersByTime(1000);
    expect(shown).toBe("wait: Connecting");
    connect();
    expect(shown).toBe("wait: Connecting");
    vi.advanceTimersByTime(2000);
    expect(shown).toBe("empty: Nothing drawn yet");
    mark.painted();
    expect(shown).toBeUndefined();
  });

  it("says at once that a connection is lost, until the next one shows a frame", () => {
    connect();
    mark.painted();
    mark.setState("reconnecting");
    expect(shown).toBe("wait: Connection lost. Reconnecting");
    connect();
    expect(shown).toBe("wait: Connection lost. Reconnecting");
    mark.painted();
    expect(shown).toBeUndefined();
  });

  it("says why a connection is closed for good", () => {
    mark.problem("The server refused the token");
    mark.setState("closed");
    expect(shown).toBe("error: The server refused the token");
    connect();
    mark.painted();
    mark.setState("closed");
    expect(shown).toBe("error: The connection is closed");
    // The view reports the reason after the state.
    mark.problem("The server refused the token");
    expect(shown).toBe("error: The server refused the token");
  });

  it("shows what the server says over the picture, until it says that all is well", () => {
    connect();
    mark.painted();
    mark.setServerStatus({ type: "status", kind: "error", text: "no light" });
    expect(shown).toBe("error: no light");
    mark.setServerStatus({ type: "status", kind: "ok", text: "" });
    expect(shown).toBeUndefined();
    vi.advanceTimersByTime(60_000);
    expect(shown).toBeUndefined();
  });

  it("keeps the server's error when an earlier frame is shown", () => {
    connect();
    mark.setServerStatus({ type: "status", kind: "error", text: "no light" });
    vi.advanceTimersByTime(60_000);
    mark.painted();
    expect(shown).toBe("error: no light");
  });

  it("says why there is no frame, until there is one", () => {
    connect();
    vi.advanceTimersByTime(2000);
    mark.setServerStatus({ type: "status", kind: "empty", text: "get_frame() returned null" });
    expect(shown).toBe("empty: get_frame() returned null");
    mark.painted();
    expect(shown).toBeUndefined();
  });

  it("waits for a frame again when all is well before the first one", () => {
    connect();
    mark.setServerStatus({ type: "status", kind: "error", text: "no light" });
    mark.setServerStatus({ type: "status", kind: "ok", text: "" });
    expect(shown).toBeUndefined();
    vi.advanceTimersByTime(2000);
    expect(shown).toBe("empty: Nothing drawn yet");
  });

  it("forgets what a server said whose connection is lost", () => {
    connect();
    mark.painted();
    mark.setServerStatus({ type: "status", kind: "error", text: "no light" });
    mark.setState("reconnecting");
    expect(shown).toBe("wait: Connection lost. Reconnecting");
    connect();
    mark.painted();
    expect(shown).toBeUndefined();
  });

  it("goes with the view", () => {
    mark.setState("reconnecting");
    mark.dispose();
    vi.advanceTimersByTime(60_000);
    expect(shown).toBeUndefined();
  });
});
