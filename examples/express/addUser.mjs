/** Adds a user, or gives a user another password: node addUser.mjs NAME */
import { randomBytes } from "node:crypto";
import { setPassword } from "./users.mjs";

const [name] = process.argv.slice(2);
if (!name) {
  console.error("Usage: node addUser.mjs NAME");
  process.exit(2);
}
const password = randomBytes(12).toString("base64url");
await setPassword(name, password);
console.log(`The password of ${name} is ${password}`);
