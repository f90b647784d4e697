/** What the worker, the web server and the edge agree on. */
import { connect } from "@nats-io/transport-node";

/** The NATS server. publish_to() and serve_edge() read NATS_USER and NATS_PASSWORD, too. */
export const NATS_URL = process.env.NATS_URL ?? "nats://127.0.0.1:4222";

/** Where the web server asks for a session. */
export const NEW_SESSION = "render.new";

/** Where a session answers as long as it exists. */
export const aliveSubject = (name) => `render.alive.${name}`;

/** @param name - who connects, for the lists of connections that NATS has */
export function connectNats(name) {
  const { NATS_USER: user, NATS_PASSWORD: pass } = process.env;
  return connect({ servers: NATS_URL, name, user, pass, maxReconnectAttempts: -1 });
}
