/** Viewers with JSON Web Tokens (RFC 7519), which another server signs. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as jose from "jose" with { "resolution-mode": "import" };
import { checkOptions, string, type Check } from "../protocol/checks";
import { errorMessage } from "../protocol/errors";
import type { Authenticate } from "./auth";
import { parseJwtKey, secretKey, type JwtKey } from "./jwtKey";

/** How to check viewers' tokens. Exactly one of `key_file` and `secret` is required. */
export interface JwtOptions {
  /**
   * A file with a public key in PEM format, with a certificate in PEM format, with a JWK, or with a
   * shared secret of at least 32 bytes. A line break at the end isn't part of the secret.
   */
  readonly key_file?: string | undefined;
  /** A shared secret of at least 32 bytes in UTF-8. */
  readonly secret?: string | undefined;
  /** Accepts only tokens for this audience (`aud`), or one of these. @defaultValue any */
  readonly audience?: string | readonly string[] | undefined;
  /** Accepts only tokens of this issuer (`iss`), or one of these. @defaultValue any */
  readonly issuer?: string | readonly string[] | undefined;
}

const TEXT = string(1);

const TEXTS: Check<string | readonly string[]> = {
  expected: "a non-empty string, or a list of them",
  type: "string",
  accepts: (value): value is string | readonly string[] =>
    TEXT.accepts(value) || (Array.isArray(value) && value.length > 0 && value.every(TEXT.accepts)),
};

const CHECKS = {
  key_file: TEXT,
  secret: { ...TEXT, isSecret: true },
  audience: TEXTS,
  issuer: TEXTS,
};

/** Seconds by which clocks may differ. */
const CLOCK_TOLERANCE = 5;

/**
 * Makes an `authenticate` for `serve`, `serve_server`, `attach` and `serve_edge` that accepts
 * viewers whose token is a JWT with a valid signature. The claims become the viewer's `principal`.
 *
 * The token must say when it expires (`exp`). Clocks may differ by 5 seconds. A viewer that is
 * connected when its token expires stays connected.
 *
 * The kind of key decides which algorithms are accepted: HS256, HS384 and HS512 for a shared
 * secret; RS256 to RS512 and PS256 to PS512 for an RSA key; ES256, ES384 or ES512 for an EC key,
 * depending on its curve; EdDSA for an Ed25519 key. A JWK's `alg` allows only that one.
 *
 * Requires the package jose.
 *
 * @throws TypeError or RangeError for an invalid option or key; Error if the file can't be read or
 * the package jose is missing
 */
export function jwt_authenticate(options: JwtOptions): Authenticate {
  const { key_file, secret, audience, issuer } = checkOptions<JwtOptions>(options, CHECKS);
  const { key, algorithms } = keyOf(key_file, secret);
  const place = findJose();
  const rules = {
    algorithms: [...algorithms],
    requiredClaims: ["exp"],
    clockTolerance: CLOCK_TOLERANCE,
    ...(audience === undefined ? {} : { audience: listOf(audience) }),
    ...(issuer === undefined ? {} : { issuer: listOf(issuer) }),
  };
  return async ({ token }) => {
    if (token === undefined) return null;
    const { jwtVerify, errors } = (await import(place)) as typeof jose;
    try {
      return (await jwtVerify(token, key, rules)).payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  };
}

function keyOf(file: string | undefined, secret: string | undefined): JwtKey {
  if ((file === undefined) === (secret === undefined)) {
    const got = file === undefined ? "neither" : "both";
    throw new TypeError(`options: expected one of key_file and secret, got ${got}`);
  }
  if (secret !== undefined) return secretKey(Buffer.from(secret), "secret");
  return parseJwtKey(read(file ?? ""), "key_file");
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`key_file: expected a file to read, got ${errorMessage(error)}`);
  }
}

function listOf(texts: string | readonly string[]): string[] {
  return typeof texts === "string" ? [texts] : [...texts];
}

/**
 * Finds jose next to this package, or where the application is.
 *
 * @returns its address for import()
 * @throws Error with the command that installs it
 */
export function findJose(from: readonly string[] = [__dirname, process.cwd()]): string {
  for (const folder of from) {
    try {
      return pathToFileURL(createRequire(join(folder, "any.js")).resolve("jose")).href;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error("Cannot check JSON Web Tokens: the package jose is missing; npm install jose");
}
