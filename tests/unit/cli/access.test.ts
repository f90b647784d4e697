import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { authenticateBy } from "../../../src/cli/access";
import { CommandError } from "../../../src/cli/errors";
import type { AuthContext } from "../../../src/server";
import { disposedAfterAll } from "../../support/disposables";
import { keyPair, sign } from "../../support/jwt";

const disposables = disposedAfterAll();
let folder: string;
beforeAll(() => (folder = disposables.folder()));

/** Writes a file. @returns its name in the folder */
function fileOf(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const CONTEXT = { token: "ada" } as AuthContext;

describe("who may watch", () => {
  it("is everybody by default", async () => {
    expect(await authenticateBy({ kind: "all" }, folder)).toBeUndefined();
  });

  it("is who knows the token", async () => {
    const decide = await authenticateBy({ kind: "token", token: "ada" }, folder);
    expect(decide?.(CONTEXT)).toBe("token");
    expect(decide?.({ ...CONTEXT, token: "eve" })).toBeNull();
    expect(decide?.({ ...CONTEXT, token: undefined })).toBeNull();
  });

  it.each([
    ["module.mjs", "export default ({ token }) => `${token}!`;"],
    ["module.cjs", "module.exports = ({ token }) => `${token}!`;"],
    ["compiled.cjs", "exports.__esModule = true; exports.default = ({ token }) => `${token}!`;"],
  ])("is decided by a module, relative to the working folder: %s", async (name, text) => {
    const decide = await authenticateBy({ kind: "module", file: fileOf(name, text) }, folder);
    expect(decide?.(CONTEXT)).toBe("ada!");
  });

  it.each([
    ["none.mjs", "export const authenticate = () => 1;", /got no default export in \S+none\.mjs$/],
    ["object.mjs", "export default {};", /got an object in \S+object\.mjs$/],
    ["text.mjs", "export default 'yes';", /got a value of type string in \S+text\.mjs$/],
    ["broken.mjs", "export default (;", /^--authenticate: cannot load \S+broken\.mjs: /],
    ["throws.mjs", "throw new Error('no database');", /: cannot load \S+throws\.mjs: no database$/],
    ["null.mjs", "export default null;", /got a value of type object in \S+null\.mjs$/],
  ])("isn't decided by a module without the function: %s", async (name, text, message) => {
    const making = authenticateBy({ kind: "module", file: fileOf(name, text) }, folder);
    await expect(making).rejects.toThrow(CommandError);
    await expect(making).rejects.toThrow(message);
  });

  it("is who has a JSON Web Token", async () => {
    const { pem, privateKey } = keyPair("ec");
    const keyFile = join(folder, fileOf("key.pem", pem));
    const access = { kind: "jwt", keyFile, audience: ["lectures"], issuer: undefined } as const;
    const decide = await authenticateBy(access, folder);
    const token = await sign(privateKey, { alg: "ES256" });
    expect(await decide?.({ ...CONTEXT, token })).toMatchObject({ sub: "ada" });
    expect(await decide?.(CONTEXT)).toBeNull();
  });

  it("names the option of a key that doesn't work", async () => {
    const keyFile = join(folder, fileOf("short", "s3cret"));
    const access = { kind: "jwt", keyFile, audience: undefined, issuer: undefined } as const;
    await expect(authenticateBy(access, folder)).rejects.toThrow(CommandError);
    await expect(authenticateBy(access, folder)).rejects.toThrow(
      /^--jwt-key-file: expected .* at least 32 bytes, got 6 bytes$/,
    );
  });
});
