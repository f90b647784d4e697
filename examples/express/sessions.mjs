/** Who is logged in: sessions in memory, known by a random cookie. */
import { randomBytes } from "node:crypto";

/** The life of a session in milliseconds: 8 hours. */
export const SESSION_MS = 8 * 60 * 60 * 1000;

const sessions = new Map();

/** Starts a session. @returns what the cookie holds */
export function startSession(user) {
  const id = randomBytes(32).toString("base64url");
  const timer = setTimeout(() => endSession(id), SESSION_MS).unref();
  sessions.set(id, { user, timer, sockets: new Set() });
  return id;
}

/** The user of a session; null if there is no such session. */
export function userOf(id) {
  return sessions.get(id)?.user ?? null;
}

/** Ends a session, with the connections that it has opened. */
export function endSession(id) {
  const session = sessions.get(id);
  if (session === undefined) return;
  sessions.delete(id);
  clearTimeout(session.timer);
  for (const socket of session.sockets) socket.destroy();
}

/** Remembers a connection of a session. */
export function addSocket(id, socket) {
  const session = sessions.get(id);
  session?.sockets.add(socket);
  socket.once("close", () => session?.sockets.delete(socket));
}

/** What the cookie of a request holds. */
export function sessionIn({ headers }) {
  return /(?:^|;\s*)session=([^;]*)/.exec(headers.cookie ?? "")?.[1];
}
