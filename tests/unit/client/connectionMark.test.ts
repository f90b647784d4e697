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
  });

  it("goes with the view", () => {
    mark.setState("reconnecting");
    mark.dispose();
    vi.advanceTimersByTime(60_000);
    expect(shown).toBeUndefined();
  });
});
