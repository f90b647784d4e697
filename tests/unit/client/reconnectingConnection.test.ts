import { describe, expect, it } from "vitest";
import {
  ReconnectingConnection,
  type ConnectionEvents,
} from "../../../src/client/worker/reconnectingConnection";
import { fakeTimers } from "../picture/frames";

const URL = "wss://user:secret@example.org/stream?token=secret";

/** A connection whose sockets the test opens and closes. */
function start(open: () => void = () => undefined, urls: readonly string[] = [URL]) {
  const { clock, timers } = fakeTimers();
  const states: string[] = [];
  const errors: string[] = [];
  const sent: string[] = [];
  const sockets: (ConnectionEvents & {
    readonly url: string;
    readonly at: number;
    isDisposed: boolean;
  })[] = [];
  let reconnects = 0;
  const connection = new ReconnectingConnection({
    urls,
    timers,
    log: () => undefined,
    random: () => 0,
    open: (url, events) => {
      open();
      const socket = { ...events, url, at: clock.monotonic(), isDisposed: false };
      sockets.push(socket);
      return {
        send: (message) => void sent.push(message.type),
        helloAgain: () => void sent.push("hello"),
        dispose: () => void (socket.isDisposed = true),
      };
    },
    onReconnect: () => (reconnects += 1),
    onState: (state) => states.push(state),
    onError: (message) => errors.push(message),
  });
  const attempts = (): number[] => sockets.map(({ at }) => at);
  const fail = (code = 1006, reason = ""): void => sockets.at(-1)?.onClose(code, reason);
  return {
    ...{ clock, connection, sockets, states, errors, sent, attempts, fail },
    reconnects: () => reconnects,
  };
}

describe("a reconnecting connection", () => {
  it("waits longer after each failure, and a short time again after a success", () => {
    const { clock, connection, fail, attempts } = start();
    fail();
    clock.advance(0.5);
    fail();
    clock.advance(0.999);
    expect(attempts()).toEqual([0, 0.5]);
    clock.advance(0.001);
    connection.succeed();
    fail();
    clock.advance(0.5);
    expect(attempts()).toEqual([0, 0.5, 1.5, 2]);
  });

  it("reports each state once, and counts every connection but the first", () => {
    const { clock, connection, sockets, states, fail, reconnects } = start();
    sockets[0]?.onOpen();
    connection.succeed();
    connection.succeed();
    fail();
    clock.advance(60);
    sockets[1]?.onOpen();
    expect(states).toEqual(["open", "negotiated", "reconnecting", "open"]);
    expect(reconnects()).toBe(1);
  });

  it("hurries only if an attempt is scheduled", () => {
    const { clock, connection, fail, attempts } = start();
    connection.hurry();
    expect(attempts()).toEqual([0]);
    fail();
    connection.hurry();
    clock.advance(60);
    expect(attempts()).toEqual([0, 0]);
  });

  it("sends through the current connection, and drops messages while there is none", () => {
    const { clock, connection, fail, sent } = start();
    connection.send({ type: "request_keyframe", reason: "lost" });
    fail();
    connection.send({ type: "request_keyframe", reason: "lost" });
    connection.helloAgain();
    clock.advance(60);
    connection.helloAgain();
    expect(sent).toEqual(["request_keyframe", "hello"]);
  });

  it("shows the reason of an outage once, without secrets", () => {
    const { clock, errors, fail } = start();
    fail();
    clock.advance(0.5);
    fail();
    expect(errors).toEqual([
      expect.stringMatching(
        /^Cannot show the stream: no connection to wss:\/\/example\.org\/stream: .*; trying again$/,
      ),
    ]);
    clock.advance(1);
    fail(4404, "gone");
    expect(errors[1]).toMatch(/no such stream \(4404\): gone; trying again$/);
  });

  it("shows nothing when a server that has worked goes away", () => {
    const { clock, connection, errors, fail } = start();
    connection.succeed();
    fail();
    clock.advance(0.5);
    fail();
    expect(errors).toEqual([]);
  });

  it("gives up when the server refuses it, until it is asked to reconnect", () => {
    const { clock, connection, sockets, states, errors, fail, attempts } = start();
    fail(4401, "expired");
    clock.advance(60);
    expect(attempts()).toEqual([0]);
    expect(states).toEqual(["closed"]);
    expect(errors).toEqual([
      "Cannot show the stream: the server refused the token (4401): expired",
    ]);
    connection.reconnect();
    expect(states).toEqual(["closed", "reconnecting"]);
    expect(sockets).toHaveLength(2);
  });

  it("gives up when the server accepts no view of this page, and says what to do", () => {
    const { clock, connection, states, errors, fail, attempts } = start();
    fail(4403, 'add "https://a.example" to the server\'s "origins" option');
    clock.advance(60);
    expect(attempts()).toEqual([0]);
    expect(states).toEqual(["closed"]);
    expect(errors).toEqual([
      'Cannot show the stream: the server does not accept this page (4403): add "https://a.example" to the server\'s "origins" option',
    ]);
    connection.reconnect();
    expect(attempts()).toHaveLength(2);
  });

  it("gives up on a URL that the browser does not open, without showing its secrets", () => {
    const { clock, states, errors } = start(() => {
      throw new Error(`cannot open ${URL}`);
    });
    clock.advance(60);
    expect(states).toEqual(["closed"]);
    expect(errors).toEqual(["Cannot show the stream: cannot open wss://example.org/stream"]);
  });

  it("tries again soon, however often no socket opens", () => {
    const { clock, connection, sockets, states, errors } = start();
    connection.succeed();
    sockets[0]?.onTimeout("ping");
    for (let attempt = 1; attempt <= 6; attempt++) {
      const before = sockets.length;
      clock.advance(0.5);
      expect(sockets).toHaveLength(before + 1);
      clock.advance(10);
      sockets.at(-1)?.onTimeout("open");
    }
    expect(states).toEqual(["negotiated", "reconnecting"]);
    expect(errors).toEqual([]);
  });

  it("reports a server that does not answer once, and asks it ever more rarely", () => {
    const { clock, sockets, states, errors, attempts } = start();
    for (let attempt = 0; attempt < 3; attempt++) {
      sockets.at(-1)?.onOpen();
      clock.advance(30);
      sockets.at(-1)?.onTimeout("hello");
      clock.advance(15);
    }
    expect(attempts()).toEqual([0, 30.5, 76, 122]);
    expect(errors).toEqual(["Cannot show the stream: the server does not answer; trying again"]);
    expect(states.slice(0, 3)).toEqual(["open", "reconnecting", "open"]);
  });

  it("replaces a working connection when it is asked to reconnect", () => {
    const { connection, sockets } = start();
    connection.succeed();
    connection.reconnect();
    expect(sockets.map(({ isDisposed }) => isDisposed)).toEqual([true, false]);
  });

  describe("to several servers", () => {
    const urls = ["wss://a.org/x?token=secret", "wss://b.org/x"];
    const usedBy = ({ sockets }: ReturnType<typeof start>): (string | undefined)[] =>
      sockets.map(({ url }) => /[ab]\.org/.exec(url)?.[0]);

    it("takes the next one when one fails, and waits longer when all have failed", () => {
      const all = start(undefined, urls);
      for (let attempt = 0; attempt < 5; attempt++) {
        all.fail();
        all.clock.advance(attempt < 2 ? 0.5 : attempt < 4 ? 1 : 2);
      }
      expect(all.attempts()).toEqual([0, 0.5, 1, 2, 3, 5]);
      expect(usedBy(all)).toEqual(["a.org", "b.org", "a.org", "b.org", "a.org", "b.org"]);
      all.connection.succeed();
      all.fail();
      all.clock.advance(0.5);
      all.connection.reconnect();
      expect(usedBy(all).slice(6)).toEqual(["a.org", "a.org"]);
    });

    it("shows each reason once, and only when all have failed", () => {
      const { clock, errors, fail, sockets } = start(undefined, urls);
      for (let round = 0; round < 3; round++) {
        fail(4404);
        if (round === 0) expect(errors).toEqual([]);
        clock.advance(60);
        fail();
        clock.advance(60);
      }
      expect(sockets).toHaveLength(7);
      expect(errors).toEqual([
        expect.stringMatching(/no such stream \(4404\)/),
        expect.stringMatching(/no connection to wss:\/\/a\.org\/x, wss:\/\/b\.org\/x: /),
      ]);
    });

    it("leaves out one that the browser does not open", () => {
      let isOpened = true;
      const open = (): void => {
        isOpened = !isOpened;
        if (isOpened) throw new Error("cannot open it");
      };
      const { clock, fail, states, errors } = start(open, urls);
      fail();
      clock.advance(0.5);
      expect(states).toEqual(["reconnecting"]);
      expect(errors[0]).toMatch(/cannot open it; trying again$/);
      clock.advance(60);
      expect(states).toEqual(["reconnecting"]);
    });

    it("gives up when the browser opens none", () => {
      const { clock, states } = start(() => {
        throw new Error("cannot open it");
      }, urls);
      expect(states).toEqual(["reconnecting"]);
      clock.advance(0.5);
      expect(states).toEqual(["reconnecting", "closed"]);
    });

    it("gives up when none accepts a view of this page", () => {
      const { clock, connection, states, fail, sockets } = start(undefined, urls);
      fail(4403);
      clock.advance(60);
      // This one may accept it: it only can't be reached.
      fail();
      clock.advance(60);
      fail(4403);
      clock.advance(60);
      expect(states).toEqual(["reconnecting"]);
      fail(4403);
      clock.advance(60);
      expect([states, sockets.length]).toEqual([["reconnecting", "closed"], 4]);
      connection.reconnect();
      fail(4403);
      clock.advance(60);
      expect(states.at(-1)).toBe("reconnecting");
    });

    it("gives up when one refuses the token", () => {
      const { clock, states, fail, attempts } = start(undefined, urls);
      fail(4401, "expired");
      clock.advance(60);
      expect(attempts()).toEqual([0]);
      expect(states).toEqual(["closed"]);
    });
  });

  it("closes its connection and makes no attempt once disposed", () => {
    const waiting = start();
    waiting.fail();
    waiting.connection.dispose();
    waiting.clock.advance(60);
    expect(waiting.attempts()).toEqual([0]);
    expect(waiting.clock.pending).toBe(0);

    const open = start();
    open.connection.dispose();
    open.connection.dispose();
    expect(open.sockets[0]?.isDisposed).toBe(true);
    expect(open.states).toEqual([]);
  });
});
