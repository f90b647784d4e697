/** Decides who may watch, as a command line says it. */
import { createHash, timingSafeEqual } from "node:crypto";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isObject } from "../protocol/checks";
import { errorMessage } from "../protocol/errors";
import { jwt_authenticate, type Authenticate } from "../server";
import type { Access } from "./accessArguments";
import { CommandError } from "./errors";

/**
 * Makes the function that accepts viewers.
 *
 * @param workingDirectory - the folder that a module's path is relative to
 * @returns undefined where everybody may watch
 * @throws CommandError (as a rejection) for a key or a module that doesn't work
 */
export async function authenticateBy(
  access: Access,
  workingDirectory: string,
): Promise<Authenticate | undefined> {
  switch (access.kind) {
    case "all":
      return undefined;
    case "token":
      return expectToken(access.token);
    case "module":
      return loadAuthenticate(resolve(workingDirectory, access.file));
    case "jwt":
      return expectJwt(access);
  }
}

/** Admits viewers with the right token. The time that it takes doesn't reveal the token. */
export function expectToken(secret: string): Authenticate {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const wanted = digest(secret);
  return ({ token }) =>
    token !== undefined && timingSafeEqual(digest(token), wanted) ? "token" : null;
}

function expectJwt({ keyFile, audience, issuer }: Access & { kind: "jwt" }): Authenticate {
  try {
    return jwt_authenticate({ key_file: keyFile, audience, issuer });
  } catch (error) {
    throw new CommandError(errorMessage(error).replace(/^key_file/, "--jwt-key-file"));
  }
}

/** Loads a module of the user's. */
async function loadAuthenticate(path: string): Promise<Authenticate> {
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (error) {
    throw new CommandError(`--authenticate: cannot load ${path}: ${errorMessage(error)}`);
  }
  const exported = defaultOf(loaded);
  // A CommonJS module that a compiler made of an ES module has its default export in there.
  const found = typeof exported === "function" ? exported : defaultOf(exported);
  if (typeof found === "function") return found as Authenticate;
  throw new CommandError(
    `--authenticate: expected a module whose default export is a function, got ${describe(exported)} in ${path}`,
  );
}

function defaultOf(module: unknown): unknown {
  const fields = module as { readonly default?: unknown } | null | undefined;
  return fields?.default;
}

function describe(exported: unknown): string {
  if (exported === undefined) return "no default export";
  return isObject(exported) ? "an object" : `a value of type ${typeof exported}`;
}
