/** The keys with which JSON Web Tokens are checked, and the algorithms that each allows. */
import { createPublicKey, createSecretKey, X509Certificate, type KeyObject } from "node:crypto";
import { isObject } from "../protocol/checks";

/** The signature algorithms that are supported, by the names of RFC 7518 and RFC 9864. */
export type JwtAlgorithm =
  | `${"HS" | "RS" | "PS"}${"256" | "384" | "512"}`
  | "ES256"
  | "ES384"
  | "ES512"
  | "EdDSA"
  | "Ed25519";

/**
 * A key and its algorithms. The key decides on the algorithm, not the token: otherwise a token
 * could say that it has no signature, or that a public key is a shared secret.
 */
export interface JwtKey {
  readonly key: KeyObject;
  readonly algorithms: readonly JwtAlgorithm[];
}

/** Bytes of a shared secret, at least: the size of the smallest signature (RFC 7518, 3.2). */
const MIN_SECRET = 32;

/** Bits of an RSA key, at least (RFC 7518, 3.3). */
const MIN_RSA = 2048;

const SECRET_ALGORITHMS = ["HS256", "HS384", "HS512"] as const;
const RSA_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const;

const CURVES: Readonly<Record<string, readonly JwtAlgorithm[]>> = {
  prime256v1: ["ES256"],
  secp384r1: ["ES384"],
  secp521r1: ["ES512"],
};

const EXPECTED = "a public key as PEM or JWK, or a shared secret of at least 32 bytes";

/**
 * Reads a key: a public key or certificate in PEM format, a JWK, or else a shared secret, without
 * the line break at its end.
 *
 * @param name - names the key in errors, which never show it
 * @throws RangeError for anything else
 */
export function parseJwtKey(content: Buffer, name: string): JwtKey {
  const text = content.toString("utf8").trimStart();
  if (text.includes("-----BEGIN")) return publicKey(() => fromPem(text), name);
  if (text.startsWith("{")) return fromJwk(text, name);
  const end = /\r?\n$/.exec(content.toString("latin1"))?.index ?? content.length;
  return secretKey(content.subarray(0, end), name);
}

/** Makes a key of a shared secret. @throws RangeError if it is too short, or a public key */
export function secretKey(secret: Buffer, name: string): JwtKey {
  if (isPublicKey(secret)) {
    throw new RangeError(
      `${name}: expected a shared secret, or a public key as PEM or JWK in a file, got a public key in another form`,
    );
  }
  if (secret.length < MIN_SECRET) {
    throw new RangeError(`${name}: expected ${EXPECTED}, got ${secret.length} bytes`);
  }
  return { key: createSecretKey(secret), algorithms: SECRET_ALGORITHMS };
}

/**
 * Whether bytes are a public key, whatever the format. As a shared secret it would let everybody
 * who knows it sign tokens.
 */
function isPublicKey(bytes: Buffer): boolean {
  const text = bytes.toString("latin1").trim();
  if (/^(ssh|ecdsa|sk-ssh|sk-ecdsa)-/.test(text)) return true;
  if (text.startsWith("{") && text.includes('"kty"')) return true;
  return [bytes, Buffer.from(text, "base64")].some(
    (form) =>
      form.includes("-----BEGIN") ||
      succeeds(() => createPublicKey({ key: form, format: "der", type: "spki" })) ||
      succeeds(() => createPublicKey({ key: form, format: "der", type: "pkcs1" })) ||
      succeeds(() => new X509Certificate(form)),
  );
}

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function fromPem(pem: string): KeyObject {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw new RangeError("a private key");
  return createPublicKey(pem);
}

function fromJwk(text: string, name: string): JwtKey {
  const jwk = parseJson(text);
  if (!isObject(jwk)) {
    throw new RangeError(`${name}: expected ${EXPECTED}, got what isn't valid JSON`);
  }
  const { kty, k, alg, use } = jwk;
  if (Array.isArray(jwk["keys"])) {
    throw new RangeError(`${name}: expected one key, got a set of keys`);
  }
  if (use !== undefined && use !== "sig") {
    throw new RangeError(`${name}: expected a key for signatures, got one for another use`);
  }
  const all =
    kty === "oct" && typeof k === "string"
      ? secretKey(Buffer.from(k, "base64url"), name)
      : publicKey(() => {
          if ("d" in jwk) throw new RangeError("a private key");
          return createPublicKey({ key: { ...jwk }, format: "jwk" });
        }, name);
  if (alg === undefined) return all;
  const algorithms = all.algorithms.filter((one) => one === alg);
  if (algorithms.length > 0) return { ...all, algorithms };
  throw new RangeError(
    `${name}: expected an alg among ${all.algorithms.join(", ")}, got ${JSON.stringify(alg)}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error would quote the text.
    return undefined;
  }
}

function publicKey(make: () => KeyObject, name: string): JwtKey {
  let key: KeyObject;
  try {
    key = make();
  } catch (error) {
    const what = error instanceof RangeError ? error.message : "one that can't be read";
    throw new RangeError(`${name}: expected ${EXPECTED}, got ${what}`);
  }
  const algorithms = algorithmsOf(key);
  if (algorithms !== undefined) return { key, algorithms };
  throw new RangeError(
    `${name}: expected an RSA key of at least ${MIN_RSA} bits, an EC key on P-256, P-384 or P-521, or an Ed25519 key, got ${describe(key)}`,
  );
}

function algorithmsOf({
  asymmetricKeyType,
  asymmetricKeyDetails = {},
}: KeyObject): readonly JwtAlgorithm[] | undefined {
  const { modulusLength = 0, namedCurve = "" } = asymmetricKeyDetails;
  switch (asymmetricKeyType) {
    case "rsa":
      return modulusLength < MIN_RSA ? undefined : RSA_ALGORITHMS;
    case "ec":
      return CURVES[namedCurve];
    case "ed25519":
      return ["EdDSA", "Ed25519"];
    default:
      return undefined;
  }
}

function describe({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails;
  const size = modulusLength === undefined ? "" : ` of ${modulusLength} bits`;
  return `${asymmetricKeyType}${size}${namedCurve === undefined ? "" : ` on ${namedCurve}`}`;
}
