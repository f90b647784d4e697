/**
 * An Express app with login, and a picture for those who are logged in.
 *
 *   node server.mjs [port]     then open the address that it prints
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
import { attach } from "jupyter-rfb-ts/server";
import { loginPage, PICTURE_PAGE } from "./pages.mjs";
import { Pond } from "./pond.mjs";
import { addSocket, endSession, SESSION_MS, sessionIn, startSession, userOf } from "./sessions.mjs";
import { hasUsers, isPassword } from "./users.mjs";

const app = express();
// The package's modules for pages: element.mjs, and index.mjs, which it imports.
const client = dirname(fileURLToPath(import.meta.resolve("jupyter-rfb-ts/element")));
app.use("/client", express.static(client));

app.get("/", (request, response) => {
  response.set("Cache-Control", "no-store");
  response.send(userOf(sessionIn(request)) === null ? loginPage() : PICTURE_PAGE);
});

app.post("/login", express.urlencoded({ limit: "1kb" }), async (request, response) => {
  const { name = "", password = "" } = request.body ?? {};
  if (!(await isPassword(String(name), String(password)))) {
    response.status(401).send(loginPage("The name or the password is wrong."));
    return;
  }
  response.cookie("session", startSession(String(name)), {
    httpOnly: true,
    // Forms of other sites send no cookie.
    sameSite: "lax",
    secure: request.secure,
    maxAge: SESSION_MS,
  });
  response.redirect(303, "/");
});

app.post("/logout", (request, response) => {
  endSession(sessionIn(request));
  response.clearCookie("session");
  response.redirect(303, "/");
});

const server = app.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
  console.log(`open http://127.0.0.1:${server.address().port}/`);
  if (!hasUsers()) console.log("nobody can log in yet: run npm run add-user -- NAME");
});

const hub = attach(server, { path: "/rfb" });
hub.add_stream("pond", new Pond(), {
  authenticate: ({ cookies }) => userOf(cookies.session),
});
server.on("upgrade", (request, socket) => {
  if (hub.isMine(request.url)) addSocket(sessionIn(request), socket);
  else socket.destroy();
});

process.once("SIGINT", stop).once("SIGTERM", stop);
async function stop() {
  await hub.close();
  server.closeAllConnections();
  server.close(() => process.exit());
}
