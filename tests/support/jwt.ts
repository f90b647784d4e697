/** JSON Web Tokens, as an application's own server signs them. */
import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";

/** Claims of a token that is valid for an hour. */
export const CLAIMS = { sub: "ada", iss: "https://login.example", aud: "lectures" };

/** A secret of 32 bytes. */
export const SECRET = "0123456789abcdef0123456789abcdef";

/** How a token differs from one that is valid. */
export interface TokenOptions {
  readonly alg: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Seconds from now until it expires; null for never. */
  readonly expiresIn?: number | null;
}

/** Signs a token. */
export function sign(
  key: Parameters<SignJWT["sign"]>[0] | string,
  { alg, claims = CLAIMS, expiresIn = 3600 }: TokenOptions,
): Promise<string> {
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg });
  if (expiresIn !== null) token.setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn);
  return token.sign(typeof key === "string" ? Buffer.from(key) : key);
}

/** A token with the algorithm "none", which anybody can make. */
export function unsigned(claims: object = CLAIMS): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 3600;
  return `${part({ alg: "none" })}.${part({ ...claims, exp })}.`;
}

/** A pair of keys; the public one is PEM. */
export function keyPair(kind: "rsa" | "ec" | "ed25519", curve = "P-256") {
  const { publicKey, privateKey } =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : kind === "ec"
        ? generateKeyPairSync("ec", { namedCurve: curve })
        : generateKeyPairSync("ed25519");
  return {
    publicKey,
    privateKey,
    pem: publicKey.export({ format: "pem", type: "spki" }).toString(),
  };
}
