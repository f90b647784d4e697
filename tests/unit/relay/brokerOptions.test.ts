import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkOptions } from "../../../src/protocol/checks";
import { NATS_OPTION, natsSettings, type NatsOption } from "../../../src/relay/brokerOptions";
import { disposedAfterAll } from "../../support/disposables";

const disposables = disposedAfterAll();
const folder = disposables.folder();

const SERVER = "nats://127.0.0.1:4222";
const SECRET = "hunter2";

const login = (option: NatsOption, env: Record<string, string> = {}): unknown =>
  natsSettings(option, env).login;

/** The error about an option, as text. */
function errorOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return String(error);
  }
  return "none";
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("the address of a broker", () => {
  it.each([
    ["nats://host:5222", "nats://host:5222"],
    ["nats://host", "nats://host:4222"],
    ["host", "nats://host:4222"],
    ["host:5222", "nats://host:5222"],
    ["tls://host", "tls://host:4222"],
    ["nats://[::1]:5222", "nats://[::1]:5222"],
    ["user:pass@host:5222", "nats://host:5222"],
  ])("%s is %s", (given, place) => {
    expect(natsSettings(given, {}).servers).toEqual([place]);
  });

  it("can be that of several servers", () => {
    expect(natsSettings(["a", "b:1"], {}).servers).toEqual(["nats://a:4222", "nats://b:1"]);
    expect(natsSettings({ servers: ["a"] }, {}).servers).toEqual(["nats://a:4222"]);
  });

  it("has user and password, or a token, and the settings have no secret beside the login", () => {
    const settings = natsSettings(`nats://a%40b:${SECRET}%2F@host`, {});
    expect(settings.login).toEqual({ kind: "password", user: "a@b", password: `${SECRET}/` });
    expect(JSON.stringify({ ...settings, login: undefined })).not.toContain(SECRET);
    expect(login(`nats://${SECRET}@host`)).toEqual({ kind: "token", token: SECRET });
  });

  it.each(["", "http://host", "nats://", 5, [], [5], {}, null, `ws://u:${SECRET}@host`, "n ats"])(
    "can't be %j",
    (nats) => {
      expect(NATS_OPTION.accepts(nats)).toBe(false);
      expect(errorOf(() => checkOptions({ nats }, { nats: NATS_OPTION }))).toMatch(
        /nats: expected an address such as "nats:\/\/127\.0\.0\.1:4222", or a list of them, or an object with servers, got/,
      );
    },
  );
});

describe("the login at a broker", () => {
  it("is none by default", () => {
    expect(natsSettings(SERVER, {})).toEqual({
      ...{ servers: [SERVER], login: { kind: "none" }, tls: undefined },
    });
  });

  it("is what the options say, before the address, before the environment", () => {
    const env = { NATS_TOKEN: "env" };
    const address = "nats://u:p@host";
    expect(login({ servers: address, token: "own" }, env)).toEqual({ kind: "token", token: "own" });
    expect(login(address, env)).toEqual({ kind: "password", user: "u", password: "p" });
    expect(login("host", env)).toEqual({ kind: "token", token: "env" });
  });

  it("takes user and password from options and environment, whichever has them", () => {
    const env = { NATS_USER: "u", NATS_PASSWORD: "p" };
    expect(login("host", env)).toEqual({ kind: "password", user: "u", password: "p" });
    expect(login({ servers: "host", user: "own" }, env)).toEqual({
      ...{ kind: "password", user: "own", password: "p" },
    });
    expect(login({ servers: "host", password: "own" }, env)).toEqual({
      ...{ kind: "password", user: "u", password: "own" },
    });
    expect(login({ servers: "host", user: "own" })).toEqual({
      ...{ kind: "password", user: "own", password: "" },
    });
  });

  it("takes no empty variable for a value", () => {
    const env = {
      ...{ NATS_USER: "", NATS_PASSWORD: "", NATS_TOKEN: "", NATS_CREDS: "", NATS_NKEY: "" },
      ...{ NATS_CA: "", NATS_CERT: "", NATS_KEY: "" },
    };
    expect(natsSettings("host", env)).toMatchObject({ login: { kind: "none" }, tls: undefined });
  });

  it("can be a file with a JWT, or with the seed of an nkey", () => {
    const creds_file = file("user.creds", "JWT and seed\n");
    const nkey_file = file("user.nk", " SUABC\n");
    const content = (text: string): Uint8Array => Buffer.from(text);
    expect(login({ servers: "host", creds_file })).toEqual({
      ...{ kind: "creds", content: content("JWT and seed\n") },
    });
    expect(login("host", { NATS_NKEY: nkey_file })).toEqual({
      ...{ kind: "nkey", content: content("SUABC") },
    });
  });

  it("names a file that can't be read", () => {
    const missing = join(folder, "missing");
    expect(() => login({ servers: "host", creds_file: missing })).toThrow(
      /nats\.creds_file: expected a file to read, got ENOENT.*missing/,
    );
    expect(() => login({ servers: "host", nkey_file: folder })).toThrow(/nats\.nkey_file.*EISDIR/);
  });

  it("has files for TLS from options or environment", () => {
    const tls = { ca_file: "ca.pem" };
    const env = { NATS_CA: "env.pem", NATS_CERT: "cert.pem" };
    expect(natsSettings({ servers: "host", tls }, env).tls).toEqual(tls);
    expect(natsSettings("host", env).tls).toMatchObject({
      ...{ ca_file: "env.pem", cert_file: "cert.pem" },
    });
  });
});

describe("an error about the options of a broker", () => {
  it.each([
    { servers: `nats://u:${SECRET}@host`, user: 5 },
    { servers: `http://u:${SECRET}@host` },
    { servers: [`nats://u:${SECRET}@host`, 5] },
    { servers: "host", password: [SECRET] },
    { servers: "host", token: { SECRET } },
    { servers: "host", tls: { ca_file: "a", secret: SECRET } },
    { servers: "host", pasword: SECRET },
    { password: SECRET },
    `nats://u:${SECRET}@`,
    `http://u:${SECRET}@host`,
    [`http://u:${SECRET}@host`],
  ])("shows no secret: %#", (nats) => {
    const texts = [
      errorOf(() => natsSettings(nats as unknown as NatsOption, {})),
      errorOf(() => checkOptions({ nats }, { nats: NATS_OPTION })),
    ];
    expect(texts[0]).toMatch(/TypeError|RangeError/);
    for (const text of texts) expect(text).not.toContain(SECRET);
  });
});
