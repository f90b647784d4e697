import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseArguments } from "../../../src/cli/arguments";
import { UsageError } from "../../../src/cli/errors";
import { disposedAfterAll } from "../../support/disposables";

type Environment = Record<string, string>;

const NATS = "nats://127.0.0.1:4222";

/** What `edge` with these flags gets. */
function edgeIn(env: Environment, ...flags: string[]) {
  const command = parseArguments(["edge", ...flags], env);
  if (command.name !== "edge") throw new Error("expected edge");
  return command.args;
}
const edge = (...flags: string[]) => edgeIn({}, "--nats", NATS, ...flags);

/** The options of `serve` with these flags. */
function serveIn(env: Environment, ...flags: string[]) {
  const command = parseArguments(["serve", ...flags], env);
  if (command.name !== "serve") throw new Error("expected serve");
  return command.args.options;
}

const disposables = disposedAfterAll();
let folder: string;
let file: string;
beforeAll(() => {
  folder = disposables.folder();
  file = join(folder, "file");
  writeFileSync(file, "s3cret\n");
});

/** Puts the file's path where a table says FILE. */
const withFile = (flags: readonly string[]): string[] =>
  flags.map((flag) => (flag === "FILE" ? file : flag === "FOLDER" ? folder : flag));

describe("edge", () => {
  it("needs to know where NATS is, and nothing else", () => {
    expect(edge()).toEqual({
      access: { kind: "all" },
      options: {
        nats: { servers: [NATS], creds_file: undefined, nkey_file: undefined, tls: undefined },
        ...{ host: undefined, port: 8770, insecure: false, edge_name: undefined },
        ...{ origins: undefined, max_viewers: undefined, page: "quiet" },
      },
    });
  });

  it("takes everything about the server", () => {
    const { options } = edge(
      ...["--host", "0.0.0.0", "--port", "0", "--insecure", "--name", "edge-1", "--no-page"],
      ...["--origin", "https://a.example,*", "--max-viewers", "9", "--path-prefix", "/live"],
    );
    expect(options).toMatchObject({
      path_prefix: "/live",
      ...{ host: "0.0.0.0", port: 0, insecure: true, edge_name: "edge-1", page: false },
      ...{ origins: ["https://a.example", "*"], max_viewers: 9 },
    });
  });

  it("takes several addresses, from the option or the environment", () => {
    const several = ["nats://a:4222", "tls://b:4222", "c"];
    expect(edgeIn({}, "--nats", several.join(", ")).options.nats).toMatchObject({
      servers: several,
    });
    expect(edgeIn({ NATS_URL: several.join() }).options.nats).toMatchObject({ servers: several });
    expect(edgeIn({ NATS_URL: "nats://b" }, "--nats", NATS).options.nats).toMatchObject({
      servers: [NATS],
    });
    // The environment is no list of processes.
    const login = "nats://ada:s3cret@a:4222";
    expect(edgeIn({ NATS_URL: login }).options.nats).toMatchObject({ servers: [login] });
  });

  it("takes files for NATS, with those of the environment", () => {
    const flags = withFile(["--nats-creds", "FILE", "--nats-ca", "FILE"]);
    const env = { NATS_URL: NATS, NATS_CA: "other", NATS_CERT: "cert", NATS_KEY: "key" };
    expect(edgeIn(env, ...flags).options.nats).toMatchObject({
      creds_file: file,
      tls: { ca_file: file, cert_file: "cert", key_file: "key" },
    });
    expect(edge(...withFile(["--nats-nkey", "FILE"])).options.nats).toMatchObject({
      nkey_file: file,
      tls: undefined,
    });
  });

  it.each([
    [{}, ["--token", "s3cret"], { kind: "token", token: "s3cret" }],
    [{ RFB_TOKEN: "s3cret" }, [], { kind: "token", token: "s3cret" }],
    [{}, ["--token-file", "FILE"], { kind: "token", token: "s3cret" }],
    [{}, ["--authenticate", "FILE"], { kind: "module" }],
    [{}, ["--jwt-key-file", "FILE"], { kind: "jwt", audience: undefined, issuer: undefined }],
    [
      {},
      [
        ...["--jwt-key-file", "FILE", "--jwt-issuer", "https://login.example"],
        ...["--jwt-audience", "lectures", "--jwt-audience", "exams"],
      ],
      { kind: "jwt", audience: ["lectures", "exams"], issuer: ["https://login.example"] },
    ],
  ])("knows who may watch: %j %j", (env, flags, access) => {
    const given = edgeIn({ ...env, NATS_URL: NATS }, "--host", "0.0.0.0", ...withFile(flags));
    expect(given.access).toMatchObject(access);
  });

  it.each([
    [["--port", "70000"], /^--port: expected an integer from 0 to 65535, got 70000$/],
    [["--port", "eighty"], /^--port: expected a number, got "eighty"$/],
    [["--host="], /^--host: expected a non-empty string, got ""$/],
    [
      ["--host", "0.0.0.0"],
      /^--host: other machines can reach 0\.0\.0\.0, and anyone could watch; use --token-file, RFB_TOKEN, --token, --jwt-key-file or --authenticate, listen on 127\.0\.0\.1, or pass --insecure$/,
    ],
    [["--name", "an edge"], /^--name: expected 1 to 60 letters, digits, .*, got "an edge"$/],
    [["--max-viewers", "0"], /^--max-viewers: expected an integer >= 1, got 0$/],
    [["--path-prefix", "live"], /^--path-prefix: expected a path such as .*, got "live"$/],
    [["--origin", "example.org"], /^--origin: expected an origin such as .*, got "example.org"$/],
    [["--no-page=1"], /^--no-page: expected no value, got "1"$/],
    [["--page"], /^edge: expected options among --nats, .*, got --page$/],
    [["--nats="], /^--nats: expected an address such as "nats:\/\/127\.0\.0\.1:4222", got ""$/],
    [["--nats", "http://a"], /^--nats: expected an address such as .*, got "http:\/\/a"$/],
    [["--nats", "nats://a,"], /^--nats: expected an address such as .*, got ""$/],
    [
      ["--nats", "nats://ada:s3cret@a:4222"],
      /^--nats: expected an address without a password.*; set NATS_USER and NATS_PASSWORD, NATS_TOKEN/,
    ],
    [["--nats", "nats://a,s3cret@b"], /^--nats: expected an address without a password/],
    [["--nats-creds", "/no/such"], /^--nats-creds: expected a file to read, got ENOENT/],
    [["--nats-nkey", "/no/such"], /^--nats-nkey: expected a file to read, got ENOENT/],
    [["--nats-ca", "FOLDER"], /^--nats-ca: expected a file to read, got the folder \//],
    [
      ["--nats-creds", "FILE", "--nats-nkey", "FILE"],
      /^--nats-creds: expected no --nats-nkey with it, got both$/,
    ],
    [["--nats-cert", "FILE"], /^--nats-cert: expected --nats-key with it, got none$/],
    [["--nats-key", "FILE"], /^--nats-key: expected --nats-cert with it, got none$/],
    [["--token="], /^--token: expected a non-empty string, got ""$/],
    [["--token-file", "/no/such"], /^--token-file: expected a file with the token, got ENOENT/],
    [
      ["--token", "s3cret", "--token-file", "FILE"],
      /^--token-file: expected no --token with it, got both$/,
    ],
    [["--authenticate", "/no/such.mjs"], /^--authenticate: expected a file to read, got ENOENT/],
    [["--authenticate"], /^--authenticate: expected MODULE after it, got nothing$/],
    [["--jwt-key-file", "/no/such"], /^--jwt-key-file: expected a file to read, got ENOENT/],
    [["--jwt-audience", "a"], /^--jwt-audience: expected --jwt-key-file with it, got none$/],
    [["--jwt-issuer", "a"], /^--jwt-issuer: expected --jwt-key-file with it, got none$/],
    [
      ["--jwt-key-file", "FILE", "--token", "s3cret"],
      /^--jwt-key-file: expected no --token with it, got both$/,
    ],
    [
      ["--authenticate", "FILE", "--token-file", "FILE"],
      /^--authenticate: expected no --token-file with it, got both$/,
    ],
    [
      ["--authenticate", "FILE", "--jwt-key-file", "FILE"],
      /^--jwt-key-file: expected no --authenticate with it, got both$/,
    ],
  ])("says in one line what is wrong with %j", (flags, message) => {
    expect(() => edge(...withFile(flags))).toThrow(UsageError);
    expect(() => edge(...withFile(flags))).toThrow(message);
    expect(() => edge(...withFile(flags))).not.toThrow(/\n|s3cret/);
  });

  it.each([
    [{}, [], /^--nats: expected an address such as .*, here or in NATS_URL, got none$/],
    [{ NATS_URL: "http://s3cret@a" }, [], /^NATS_URL: expected an address .*, got a string of/],
    [{ NATS_URL: "" }, [], /^--nats: expected an address such as .*, got none$/],
    [
      { NATS_URL: NATS, RFB_TOKEN: "s3cret" },
      ["--authenticate", "FILE"],
      /^--authenticate: expected no RFB_TOKEN with it, got both$/,
    ],
    [{ NATS_URL: NATS, RFB_TOKEN: "" }, [], /^RFB_TOKEN: expected a non-empty string/],
  ])("says what is wrong with the environment: %j", (env, flags, message) => {
    expect(() => edgeIn(env as Environment, ...withFile(flags))).toThrow(UsageError);
    expect(() => edgeIn(env as Environment, ...withFile(flags))).toThrow(message);
    expect(() => edgeIn(env as Environment, ...withFile(flags))).not.toThrow(/s3cret/);
  });
});

describe("serve for edges", () => {
  it("publishes under a name, to the NATS server of the option or of the environment", () => {
    expect(serveIn({}, "--nats", NATS, "--name", "lecture")).toMatchObject({
      nats: { servers: [NATS] },
      name: "lecture",
      takeover: false,
    });
    expect(serveIn({ NATS_URL: NATS }, "--name", "lecture", "--takeover")).toMatchObject({
      nats: { servers: [NATS] },
      takeover: true,
    });
  });

  it("publishes nothing without a name, whatever the environment says", () => {
    expect(serveIn({ NATS_URL: NATS, NATS_CERT: "x" })).toMatchObject({
      nats: undefined,
      name: undefined,
    });
  });

  it.each([
    [["--name", "lecture"], /^--name: expected --nats with it, or NATS_URL, got none$/],
    [["--nats", NATS], /^--nats: expected --name with it, got none$/],
    [["--takeover"], /^--takeover: expected --name with it, got none$/],
    [["--nats-creds", "FILE"], /^--nats-creds: expected --name with it, got none$/],
    [["--nats", NATS, "--name", "a b"], /^--name: expected a name of letters, .*, got "a b"$/],
    [["--nats", "nats://ada:s3cret@a", "--name", "a"], /^--nats: expected an address without a/],
  ])("says in one line what is wrong with %j", (flags, message) => {
    expect(() => serveIn({}, ...withFile(flags))).toThrow(UsageError);
    expect(() => serveIn({}, ...withFile(flags))).toThrow(message);
    expect(() => serveIn({}, ...withFile(flags))).not.toThrow(/\n|s3cret/);
  });
});
