import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseMessage, serializeMessage } from "../../../../src/kernel/tslab/jupyterMessage";
import { ProtocolError } from "../../../../src/protocol/errors";

const KEY = "a key";
const HEADER = JSON.stringify({ msg_id: "1", msg_type: "comm_msg", session: "s" });
const PARTS = [HEADER, "{}", '{"a":1}', '{"comm_id":"c"}'];

function sign(parts: readonly string[], key = KEY): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

function frames(parts: readonly string[], signature = sign(parts)): Buffer[] {
  return ["client", "<IDS|MSG>", signature, ...parts].map((part) => Buffer.from(part));
}

describe("parseMessage", () => {
  it("reads the parts, the identities and the buffers of a signed message", () => {
    const buffer = Buffer.from([1, 2, 3]);
    const message = parseMessage([...frames(PARTS), buffer], KEY);
    expect(message.header).toEqual({ msg_id: "1", msg_type: "comm_msg", session: "s" });
    expect(message.headerJson).toBe(HEADER);
    expect(message.metadata).toEqual({ a: 1 });
    expect(message.content).toEqual({ comm_id: "c" });
    expect(message.identities.map(String)).toEqual(["client"]);
    expect(message.buffers).toEqual([buffer]);
  });

  it("verifies the JSON parts but not the buffers", () => {
    const withBuffers = [...frames(PARTS), Buffer.from("x")];
    expect(() => parseMessage(withBuffers, KEY)).not.toThrow();
  });

  it.each([
    ["another key", frames(PARTS, sign(PARTS, "another"))],
    ["another content", [...frames(PARTS).slice(0, -1), Buffer.from("{}")]],
    ["a short signature", frames(PARTS, "00")],
    ["no signature", frames(PARTS, "")],
  ])("rejects a message signed with %s", (_name, message) => {
    expect(() => parseMessage(message, KEY)).toThrow(/signature does not match/);
  });

  it("accepts any signature if the connection has no key", () => {
    expect(() => parseMessage(frames(PARTS, ""), "")).not.toThrow();
  });

  it.each([
    ["no frames", [], /delimiter/],
    ["no delimiter", [Buffer.from("a")], /delimiter/],
    ["too few parts", frames(PARTS.slice(0, 3)), /expected 5 parts after the delimiter, got 4/],
    ["no JSON", frames(["{}", "{}", "{}", "{"]), /header.msg_id: expected a string/],
    ["content that is no JSON", frames([HEADER, "{}", "{}", "{"]), /content: expected JSON/],
    ["a header that is a list", frames(["[]", "{}", "{}", "{}"]), /header: expected an object/],
    [
      "a numeric msg_type",
      frames(['{"msg_id":"1","msg_type":2}', "{}", "{}", "{}"]),
      /header.msg_type: expected a string, got 2/,
    ],
  ])("refuses %s with a ProtocolError that says why", (_name, message, reason) => {
    expect(() => parseMessage(message, KEY)).toThrow(ProtocolError);
    expect(() => parseMessage(message, KEY)).toThrow(reason);
  });
});

describe("serializeMessage", () => {
  const outgoing = {
    identities: ["topic"],
    header: { msg_id: "2", msg_type: "comm_open" },
    parentJson: HEADER,
    metadata: {},
    content: { text: "é" },
    buffers: [new Uint8Array([9])],
  };

  it("writes what parseMessage reads, with the buffers uncopied", () => {
    const written = serializeMessage(outgoing, KEY);
    expect(written.at(-1)).toBe(outgoing.buffers[0]);
    const read = parseMessage(
      written.map((frame) => Buffer.from(frame)),
      KEY,
    );
    expect(read.content).toEqual({ text: "é" });
    expect(read.parentJson).toBe(HEADER);
    expect(read.identities.map(String)).toEqual(["topic"]);
  });

  it("signs as Jupyter does", () => {
    const written = serializeMessage(outgoing, KEY);
    expect(written[2]).toBe(sign(written.slice(3, 7).map(String)));
  });

  it("leaves the signature empty if the connection has no key", () => {
    expect(serializeMessage(outgoing, "")[2]).toBe("");
  });
});
