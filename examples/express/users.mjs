/** The users of the service: salted hashes of their passwords, in users.json. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

const FILE = process.env.USERS_FILE ?? new URL("users.json", import.meta.url);
const HASH_BYTES = 32;
const hash = promisify(scrypt);

/** Whether there are users yet. */
export const hasUsers = () => existsSync(FILE);

/** Adds a user, or changes a user's password. */
export async function setPassword(name, password) {
  const users = await readUsers();
  const salt = randomBytes(16).toString("hex");
  users.set(name, { salt, hash: (await hash(password, salt, HASH_BYTES)).toString("hex") });
  const text = JSON.stringify(Object.fromEntries(users), undefined, 2);
  await writeFile(FILE, `${text}\n`, { mode: 0o600 });
}

/** Whether a password is that of a user. It takes as long for a name that nobody has. */
export async function isPassword(name, password) {
  const user = (await readUsers()).get(name);
  const given = await hash(password, user?.salt ?? "", HASH_BYTES);
  const expected = user === undefined ? Buffer.alloc(HASH_BYTES) : Buffer.from(user.hash, "hex");
  return timingSafeEqual(given, expected) && user !== undefined;
}

async function readUsers() {
  const text = hasUsers() ? await readFile(FILE, "utf8") : "{}";
  return new Map(Object.entries(JSON.parse(text)));
}
