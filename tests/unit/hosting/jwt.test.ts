import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { AuthContext } from "../../../src/hosting/auth";
import { findJose, jwt_authenticate, type JwtOptions } from "../../../src/hosting/jwt";
import { disposedAfterAll } from "../../support/disposables";
import { CLAIMS, keyPair, SECRET, sign, unsigned } from "../../support/jwt";

const disposables = disposedAfterAll();
let folder: string;
beforeAll(() => (folder = disposables.folder()));

let count = 0;
function fileOf(content: string | Buffer): string {
  const path = join(folder, `key${count++}`);
  writeFileSync(path, content);
  return path;
}

/** What the function decides about a token. */
function decide(options: JwtOptions, token?: string): Promise<unknown> {
  return Promise.resolve(jwt_authenticate(options)({ token } as AuthContext));
}

const rsa = keyPair("rsa");
const ec = keyPair("ec");
const ed25519 = keyPair("ed25519");

describe("jwt_authenticate", () => {
  it.each([
    ["HS256", SECRET, () => ({ secret: SECRET })],
    ["HS512", SECRET, () => ({ key_file: fileOf(`${SECRET}\r\n`) })],
    ["RS256", rsa.privateKey, () => ({ key_file: fileOf(rsa.pem) })],
    ["PS512", rsa.privateKey, () => ({ key_file: fileOf(`\n${rsa.pem}`) })],
    ["ES256", ec.privateKey, () => ({ key_file: fileOf(ec.pem) })],
    ["EdDSA", ed25519.privateKey, () => ({ key_file: fileOf(ed25519.pem) })],
    [
      "ES256",
      ec.privateKey,
      () => ({ key_file: fileOf(JSON.stringify(ec.publicKey.export({ format: "jwk" }))) }),
    ],
    [
      "HS384",
      SECRET,
      () => {
        const k = Buffer.from(SECRET).toString("base64url");
        return { key_file: fileOf(JSON.stringify({ kty: "oct", k, alg: "HS384" })) };
      },
    ],
  ] as const)("makes the claims of a token with %s the principal", async (alg, key, options) => {
    expect(await decide(options(), await sign(key, { alg }))).toMatchObject(CLAIMS);
  });

  it.each([384, 521])("takes a key on the curve P-%s", async (size) => {
    const { pem, privateKey } = keyPair("ec", `P-${size}`);
    const token = await sign(privateKey, { alg: size === 384 ? "ES384" : "ES512" });
    expect(await decide({ key_file: fileOf(pem) }, token)).toMatchObject(CLAIMS);
  });

  it.each([
    ["no token", () => undefined],
    ["an empty one", () => ""],
    ["what isn't a token", () => "a.b.c"],
    ["one that isn't signed", () => unsigned()],
    ["one of another key", () => sign(keyPair("ec").privateKey, { alg: "ES256" })],
    ["one that has expired", () => sign(ec.privateKey, { alg: "ES256", expiresIn: -60 })],
    ["one that never expires", () => sign(ec.privateKey, { alg: "ES256", expiresIn: null })],
    [
      "one that isn't valid yet",
      () =>
        sign(ec.privateKey, { alg: "ES256", claims: { ...CLAIMS, nbf: Date.now() / 1000 + 600 } }),
    ],
    [
      "one whose claims were changed",
      async () => {
        const [head, , signature] = (await sign(ec.privateKey, { alg: "ES256" })).split(".");
        return `${head}.${unsigned({ sub: "eve" }).split(".")[1]}.${signature}`;
      },
    ],
    ["one with the public key as a secret", () => sign(ec.pem, { alg: "HS256" })],
    ["one with the public key's line as a secret", () => sign(ec.pem.trim(), { alg: "HS256" })],
  ])("rejects %s", async (_what, token) => {
    expect(await decide({ key_file: fileOf(ec.pem) }, await token())).toBeNull();
  });

  it("accepts a JWK's own algorithm only", async () => {
    const jwk = { ...rsa.publicKey.export({ format: "jwk" }), alg: "PS256" };
    const options = { key_file: fileOf(JSON.stringify(jwk)) };
    expect(await decide(options, await sign(rsa.privateKey, { alg: "PS256" }))).not.toBeNull();
    expect(await decide(options, await sign(rsa.privateKey, { alg: "RS256" }))).toBeNull();
  });

  it.each([
    [{ audience: "lectures" }, true],
    [{ audience: ["exams", "lectures"] }, true],
    [{ audience: "exams" }, false],
    [{ issuer: "https://login.example" }, true],
    [{ issuer: ["https://other.example"] }, false],
  ])("accepts tokens for %j: %s", async (rules, isAccepted) => {
    const principal = await decide(
      { secret: SECRET, ...rules },
      await sign(SECRET, { alg: "HS256" }),
    );
    expect(principal !== null).toBe(isAccepted);
  });

  it("rejects a token without the audience that is required", async () => {
    const token = await sign(SECRET, { alg: "HS256", claims: { sub: "ada" } });
    expect(await decide({ secret: SECRET, audience: "lectures" }, token)).toBeNull();
  });

  it.each([
    [{}, /^options: expected one of key_file and secret, got neither$/],
    [{ secret: SECRET, key_file: "x" }, /^options: .*, got both$/],
    [{ secret: "short" }, /^secret: expected .* at least 32 bytes, got 5 bytes$/],
    [{ secret: "" }, /^secret: expected a non-empty string, got a string of length 0$/],
    [{ secret: SECRET, audience: [] }, /^audience: expected a non-empty string, or a list of them/],
    [{ secret: SECRET, issuer: 1 }, /^issuer: expected a non-empty string, or a list of them/],
    [{ secret: SECRET, algorithms: ["none"] }, /^options: expected one of .*got "algorithms"/],
    [{ key_file: "/no/such" }, /^key_file: expected a file to read, got ENOENT/],
  ])("says what is wrong with %j", (options, message) => {
    expect(() => jwt_authenticate(options as JwtOptions)).toThrow(message);
    expect(() => jwt_authenticate(options as JwtOptions)).not.toThrow(new RegExp(SECRET));
  });

  const small = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const der = ec.publicKey.export({ format: "der", type: "spki" });
  const pkcs1 = rsa.publicKey.export({ format: "der", type: "pkcs1" });

  it.each([
    ["an empty file", "", /got 0 bytes$/],
    ["a line break", "\n", /got 0 bytes$/],
    ["a short secret", "secret\n", /got 6 bytes$/],
    ["a broken PEM", "-----BEGIN PUBLIC KEY-----\nabc\n", /got one that can't be read$/],
    [
      "a private key",
      ec.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
      /got a private key$/,
    ],
    [
      "a private JWK",
      JSON.stringify(ec.privateKey.export({ format: "jwk" })),
      /got a private key$/,
    ],
    ["broken JSON", `{"kty":"oct","k":"${SECRET}"`, /got what isn't valid JSON$/],
    ["an empty JWK", "{}", /got one that can't be read$/],
    ["a set of keys", '{"keys":[]}', /got a set of keys$/],
    ["a short JWK", '{"kty":"oct","k":"AAAA"}', /got 3 bytes$/],
    [
      "a JWK of another algorithm",
      JSON.stringify({ ...ec.publicKey.export({ format: "jwk" }), alg: "HS256" }),
      /expected an alg among ES256, got "HS256"$/,
    ],
    [
      "a JWK for encryption",
      JSON.stringify({ ...ec.publicKey.export({ format: "jwk" }), use: "enc" }),
      /got one for another use$/,
    ],
    ["a small RSA key", small.export({ format: "pem", type: "spki" }), /got rsa of 1024 bits$/],
    ["another curve", keyPair("ec", "secp256k1").pem, /got ec on secp256k1$/],
    ["a public key in DER format", der, /got a public key in another form$/],
    ["a public key in base64", der.toString("base64"), /got a public key in another form$/],
    ["an RSA key in DER format", pkcs1, /got a public key in another form$/],
    ["PEM in base64", Buffer.from(ec.pem).toString("base64"), /got a public key in another form$/],
    ["a key of SSH", `ssh-ed25519 ${SECRET} ada@example`, /got a public key in another form$/],
  ])("rejects a file with %s", (_what, content, message) => {
    const options = { key_file: fileOf(content) };
    expect(() => jwt_authenticate(options)).toThrow(RangeError);
    expect(() => jwt_authenticate(options)).toThrow(message);
    expect(() => jwt_authenticate(options)).toThrow(/^key_file: expected /);
    expect(() => jwt_authenticate(options)).not.toThrow(new RegExp(SECRET));
  });

  it.each([ec.pem, JSON.stringify(ec.publicKey.export({ format: "jwk" }))])(
    "takes no public key as a secret",
    (secret) => {
      expect(() => jwt_authenticate({ secret })).toThrow(
        /^secret: expected a shared secret, or a public key as PEM or JWK in a file, got /,
      );
    },
  );

  it("says how to install jose where it is missing", () => {
    expect(() => findJose([folder])).toThrow(/the package jose is missing; npm install jose$/);
  });
});
