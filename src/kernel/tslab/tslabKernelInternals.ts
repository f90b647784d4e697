/**
 * Access to tslab's internals: its Jupyter server, and the socket, key and cell that it writes
 * with.
 *
 * tslab has no public interface for any of these. Anything unexpected throws an
 * {@link UnsupportedTslabError}.
 */
import crypto from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describeValue } from "../../protocol/errors";
import { parseMessage } from "./jupyterMessage";

/** The versions of tslab that the tests have passed with. */
export const KNOWN_TSLAB_VERSIONS: readonly string[] = ["1.0.22"];

/** tslab was found, but differs from what is expected. */
export class UnsupportedTslabError extends Error {
  override readonly name = "UnsupportedTslabError";

  /**
   * @param version - The version found.
   * @param difference - What differs: what was expected, and what was found.
   */
  constructor(version: string, difference: string) {
    super(
      `tslab ${version} is not as expected: ${difference} ` +
        `(known to work: tslab ${KNOWN_TSLAB_VERSIONS.join(", ")})`,
    );
  }
}

/** A zeromq.js socket that can send. */
export interface ZmqSocket {
  readonly closed: boolean;
  /** Milliseconds. 0 never waits, -1 waits forever. */
  sendTimeout: number;
  send(frames: readonly (Uint8Array | string)[]): Promise<void>;
}

/** A zeromq.js socket that waits for its peers when it is closed. */
export interface LingeringSocket extends ZmqSocket {
  /** Milliseconds for which messages may wait once the socket is closed. -1 is forever. */
  linger: number;
}

/** A socket to which pages connect, each under its name. */
interface ZmqRouter extends LingeringSocket {
  /** Whether a new connection replaces one of the same name. Can only be written. */
  handover: boolean;
}

/** `ZmqServer.prototype.handleShellMessage`. */
export type HandleShellMessage = (
  this: unknown,
  socket: ZmqSocket,
  ...frames: Uint8Array[]
) => Promise<void>;

/** `ZmqServer.prototype.publishStatus`. Its second argument is a parsed message. */
export type PublishStatus = (this: unknown, status: string, parent: unknown) => void;

/** The methods that this package replaces. tslab looks them up for each message. */
export interface ZmqServerPrototype {
  handleShellMessage: HandleShellMessage;
  publishStatus: PublishStatus;
}

/** The loaded `tslab/dist/jupyter.js` that runs this process's cells. */
export interface TslabModule {
  readonly version: string;
  /** What the module exports, unchecked. */
  readonly exports: object;
  readonly server: ZmqServerPrototype;
  /** Returns `lastWriteDisplayData`, which is a new function for each cell. */
  readonly writer: () => unknown;
  /** The zeromq that tslab loaded. */
  readonly zeromq: unknown;
  /** `JupyterHandlerImpl.prototype`, unchecked. */
  readonly handler: unknown;
  /** tslab's own TypeScript, unchecked; undefined if it has none. */
  readonly typescript: unknown;
}

/** What a call of a cell's `lastWriteDisplayData` reveals. */
export interface CellChannel {
  readonly iopub: ZmqSocket;
  readonly key: string;
  /** The header of the cell's execute_request as JSON text: the parent header of all its output. */
  readonly parentJson: string;
}

type ModuleCache = Readonly<Record<string, NodeJS.Module | undefined>>;

/** Returns the process's module cache. */
export function processModuleCache(): ModuleCache {
  return createRequire(join(process.cwd(), "any.js")).cache;
}

/**
 * Finds the tslab that runs this process's cells. A local and a global installation may both be
 * loaded.
 *
 * @returns the module, or the reason why this process isn't a tslab kernel.
 * @throws UnsupportedTslabError when tslab was found, but differs from what is expected.
 */
export function findTslab(cache: ModuleCache): TslabModule | string {
  const loaded = Object.values(cache).filter(
    (module) =>
      module !== undefined && /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(module.filename),
  ) as NodeJS.Module[];
  const last = loaded.at(-1);
  if (last === undefined) return "this code does not run in a tslab kernel";
  const running = loaded.find((module) => typeof getWriter(module) === "function");
  if (running === undefined) {
    const writer = getWriter(last);
    if (writer === null) return "tslab is loaded, but no notebook cell has run in this process";
    throw unsupported(last, "lastWriteDisplayData", "a function", writer);
  }
  const server: unknown = (running.exports as { ZmqServer?: { prototype?: unknown } }).ZmqServer
    ?.prototype;
  if (!isServerPrototype(server)) {
    const missing = (["handleShellMessage", "publishStatus"] as const).find(
      (name) => typeof (server as Partial<ZmqServerPrototype> | undefined)?.[name] !== "function",
    );
    throw unsupported(running, `ZmqServer.prototype.${missing}`, "a function", undefined);
  }
  return {
    version: readVersion(running),
    exports: running.exports as object,
    server,
    writer: () => getWriter(running),
    zeromq: running.require("zeromq"),
    handler: (running.exports as { JupyterHandlerImpl?: { prototype?: unknown } })
      .JupyterHandlerImpl?.prototype,
    typescript: tryToRequire(running, "@tslab/typescript-for-tslab"),
  };
}

/**
 * Learns socket, key and parent header from a cell's `lastWriteDisplayData`, by having it write an
 * empty display. For that one synchronous call, zeromq's `send` and crypto's `createHmac` are
 * replaced, and nothing is sent.
 *
 * @throws UnsupportedTslabError when the call doesn't sign and send as expected.
 */
export function learnCellChannel(tslab: TslabModule, writer: unknown): CellChannel {
  if (typeof writer !== "function") {
    throw unsupported(tslab, "lastWriteDisplayData", "a function", writer);
  }
  const publisher = (tslab.zeromq as { Publisher?: { prototype?: unknown } } | undefined)?.Publisher
    ?.prototype;
  if (typeof publisher !== "object" || publisher === null) {
    throw unsupported(tslab, "zeromq.Publisher", "a class", publisher);
  }
  let key: unknown;
  let iopub: unknown;
  let frames: unknown;
  const createHmac = crypto.createHmac.bind(crypto);
  withReplaced(
    crypto,
    "createHmac",
    (...args: Parameters<typeof createHmac>) => {
      key = args[1];
      return createHmac(...args);
    },
    () =>
      withReplaced(
        publisher,
        "send",
        new Proxy(createHmac, {
          apply: (_target, socket: unknown, [sent]: unknown[]) => {
            iopub = socket;
            frames = sent;
            return Promise.resolve();
          },
        }),
        () => {
          (writer as (data: object, update: boolean) => void)(
            { data: {}, metadata: {}, transient: {} },
            false,
          );
        },
      ),
  );
  if (!isSocket(iopub) || !Array.isArray(frames)) {
    throw unsupported(tslab, "the iopub socket", "a send of a display", iopub);
  }
  if (typeof key !== "string") {
    throw unsupported(tslab, "the signing key", "a call of createHmac with a string", key);
  }
  const buffers = (frames as (Uint8Array | string)[]).map((frame) =>
    typeof frame === "string" ? Buffer.from(frame) : frame,
  );
  return { iopub, key, parentJson: parseMessage(buffers, key).parentJson };
}

/**
 * Gives tslab's answers to a message this session. tslab would take that of the message, but when
 * the session changes, as with two pages, JupyterLab assumes that the kernel was restarted and
 * discards what it hasn't handled yet.
 *
 * @param message - As tslab parsed it. Nothing changes if its answers aren't as expected.
 */
export function answerInSession(message: unknown, session: string): void {
  const parsed = message as { createReply?: () => { readonly header?: object } } | undefined;
  const createReply = parsed?.createReply;
  if (parsed === undefined || typeof createReply !== "function") return;
  parsed.createReply = function (this: unknown) {
    const reply = createReply.call(this);
    if (typeof reply.header === "object") Object.assign(reply.header, { session });
    return reply;
  };
}

/**
 * Makes a socket's `send` immediate. Otherwise zeromq.js delays every 512th send of a tick, and
 * until that one is done each further send throws EBUSY, which loses messages.
 *
 * The limit of 1000 messages that wait for a peer must stay: ZeroMQ passes a changed limit to each
 * peer, also to one that is just disconnecting, and then crashes.
 */
export function neverWait(socket: ZmqSocket): void {
  if (socket.sendTimeout !== 0) socket.sendTimeout = 0;
}

/**
 * Milliseconds for which the end of the process may wait for front ends that don't read. tslab's
 * sockets would wait forever. Jupyter kills a kernel 5 s after its request to shut down.
 */
export const LINGER_MS = 2000;

/** The servers whose sockets {@link prepareSockets} has changed: `handover` can't be read. */
const prepared = new WeakSet();

/**
 * Sets two options of the sockets to which pages connect.
 *
 * - `handover`: the new connection of a page replaces its old one, as in Python's kernel. A Jupyter
 *   server gives both the page's name, and may close the old one later. Otherwise ZeroMQ ignores
 *   the new one, and nothing answers the page any more.
 * - `linger`: a page that doesn't read its replies would hold up the end of the process forever.
 *
 * @param server - tslab's `ZmqServer`. A socket that is closed, or has no `handover`, stays as it
 *   is.
 */
export function prepareSockets(server: unknown): void {
  if (typeof server !== "object" || server === null || prepared.has(server)) return;
  prepared.add(server);
  for (const name of ["shell", "control", "stdin"] as const) {
    const socket = (server as Record<string, Partial<ZmqRouter> | undefined>)[name];
    if (socket?.closed !== false || !("handover" in socket)) continue;
    socket.handover = true;
    socket.linger = LINGER_MS;
  }
}

/**
 * Replaces own properties, then calls `last`. If either fails, restores all properties and throws.
 */
export function replaceAll(owner: object, values: object, last: () => void): void {
  const names = Reflect.ownKeys(values);
  const before = names.map((name) => Object.getOwnPropertyDescriptor(owner, name));
  try {
    for (const name of names) {
      const value: unknown = Reflect.get(values, name);
      Object.defineProperty(owner, name, { value, configurable: true, writable: true });
    }
    last();
  } catch (error) {
    names.forEach((name, index) => {
      const descriptor = before[index];
      if (descriptor === undefined) Reflect.deleteProperty(owner, name);
      // A property that can't be restored couldn't be replaced either.
      else Reflect.defineProperty(owner, name, descriptor);
    });
    throw error;
  }
}

/** Replaces a method, own or inherited, during the call of `act`. */
export function withReplaced(owner: object, name: string, method: unknown, act: () => void): void {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value: method, configurable: true, writable: true });
  try {
    act();
  } finally {
    if (own === undefined) Reflect.deleteProperty(owner, name);
    else Object.defineProperty(owner, name, own);
  }
}

function getWriter(module: NodeJS.Module): unknown {
  return (module.exports as { lastWriteDisplayData?: unknown } | undefined)?.lastWriteDisplayData;
}

function tryToRequire(module: NodeJS.Module, name: string): unknown {
  try {
    return module.require(name);
  } catch {
    return undefined;
  }
}

function isServerPrototype(value: unknown): value is ZmqServerPrototype {
  const server = value as Partial<ZmqServerPrototype> | null | undefined;
  return (
    typeof server?.handleShellMessage === "function" && typeof server.publishStatus === "function"
  );
}

function isSocket(value: unknown): value is ZmqSocket {
  const socket = value as Partial<ZmqSocket> | null | undefined;
  return (
    typeof socket?.sendTimeout === "number" &&
    typeof socket.closed === "boolean" &&
    typeof socket.send === "function"
  );
}

function readVersion(module: NodeJS.Module): string {
  try {
    const { version } = module.require(
      join(dirname(module.filename), "..", "package.json"),
    ) as Record<string, unknown>;
    return String(version);
  } catch {
    return "of an unknown version";
  }
}

function unsupported(
  tslab: NodeJS.Module | TslabModule,
  what: string,
  expected: string,
  found: unknown,
): UnsupportedTslabError {
  const version = "version" in tslab ? tslab.version : readVersion(tslab);
  return new UnsupportedTslabError(
    version,
    `${what}: expected ${expected}, got ${describeValue(found)}`,
  );
}
