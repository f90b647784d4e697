/**
 * Draws a picture for each user. Start as many as you like, on any machine.
 *
 *   MAX_SESSIONS=8 node worker.mjs
 */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { publish_to } from "jupyter-rfb-ts/server";
import { Mandelbrot } from "./mandelbrot.mjs";
import { aliveSubject, connectNats, NATS_URL, NEW_SESSION } from "./nats.mjs";

const MAX_SESSIONS = setting("MAX_SESSIONS", 8);
/** How long a session lasts without a viewer. The first one may take three times as long. */
const IDLE_MS = setting("IDLE_SECONDS", 10) * 1000;

const worker = `${hostname()}:${process.pid}`;
const nats = await connectNats(`worker ${worker}`);
/** The subscriptions that wait for a request, one for each session that can still begin. */
const places = new Set();
const answers = new Set();
const sessions = new Set();
let isStopping = false;

/**
 * Joins the queue group for one request. NATS picks one subscription of the group, so a worker with
 * more free places gets more sessions. NATS ends the subscription after `max` requests, so a
 * worker without a free place is never asked.
 */
function offerPlace() {
  const place = nats.subscribe(NEW_SESSION, {
    queue: "workers",
    max: 1,
    callback: (error, request) => {
      places.delete(place);
      if (error) {
        console.error(`Cannot wait for requests: ${error.message}`);
        return;
      }
      const answer = startSession(request).finally(() => answers.delete(answer));
      answers.add(answer);
    },
  });
  places.add(place);
}

async function startSession(request) {
  // Everyone who knows the name can watch, so it can't be guessed.
  const name = randomBytes(16).toString("base64url");
  try {
    const display = await publish_to(new Mandelbrot(), { nats: NATS_URL, name });
    const alive = nats.subscribe(aliveSubject(name), {
      callback: (_error, question) => question?.respond(),
    });
    sessions.add({ display, alive, endsAt: performance.now() + 3 * IDLE_MS });
    request.respond(JSON.stringify({ name, worker }));
    console.log(`A session begins: ${sessions.size} of ${MAX_SESSIONS}`);
  } catch (error) {
    console.error(error);
    request.respond(JSON.stringify({ error: "The worker cannot start a session" }));
    if (!isStopping) offerPlace();
  }
}

async function endSession(session) {
  sessions.delete(session);
  session.alive.unsubscribe();
  await session.display.close();
  console.log(`A session has ended: ${sessions.size} of ${MAX_SESSIONS}`);
  if (!isStopping) offerPlace();
}

const timer = setInterval(() => {
  const now = performance.now();
  for (const session of sessions) {
    if (session.display.client_count > 0) session.endsAt = now + IDLE_MS;
    else if (now > session.endsAt) endSession(session).catch(console.error);
  }
}, 1000);

process.once("SIGINT", stop).once("SIGTERM", stop);
for (let place = 0; place < MAX_SESSIONS; place += 1) offerPlace();
// NATS knows the places once it has answered.
await nats.flush();
console.log(`The worker ${worker} takes ${MAX_SESSIONS} sessions`);

async function stop() {
  isStopping = true;
  clearInterval(timer);
  // A request that is on its way still gets its answer. Without a connection, this rejects.
  await Promise.allSettled([...places].map((place) => place.drain()));
  await Promise.all(answers);
  await Promise.all([...sessions].map(endSession));
  await nats.drain().catch(() => nats.close());
}

/** A number above 0 from the environment. */
function setting(name, byDefault) {
  const value = Number(process.env[name] ?? byDefault);
  if (value > 0 && value < Infinity) return value;
  throw new RangeError(`${name}: expected a number above 0, got ${process.env[name]}`);
}
