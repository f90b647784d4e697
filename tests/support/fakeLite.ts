import { CONSOLE_METHODS, type LiteComm, type LiteScope } from "../../src/lite/liteScope";

/** What a kernel published. */
export interface LiteOutput {
  readonly type: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly bundle?: {
    readonly data?: Readonly<Record<string, unknown>>;
    readonly metadata?: object;
    readonly transient?: object;
    readonly name?: string;
    readonly text?: string;
  };
  readonly buffers?: readonly ArrayBuffer[];
}

/** The globals of JupyterLite's JavaScript kernel, as far as the library uses them. */
export class FakeLite implements LiteScope {
  readonly outputs: LiteOutput[] = [];
  readonly console = Object.fromEntries(
    Object.entries(CONSOLE_METHODS).map(([method, name]) => [
      method,
      (...values: unknown[]) =>
        this.#publish({ type: "stream", bundle: { name, text: text(values) } }),
    ]),
  ) as LiteScope["console"];
  readonly Jupyter;
  display: LiteScope["display"] = (value, metadata = {}) =>
    this.#publish({
      type: "display_data",
      bundle: { data: toMime(value), metadata, transient: {} },
    });
  readonly #comms = new Map<string, LiteComm>();
  readonly #targets = new Map<
    string,
    Parameters<LiteScope["Jupyter"]["comm"]["registerTarget"]>[1]
  >();
  #message: string | null = null;

  /** @param isPublic - Whether it has its public interface only. */
  constructor(isPublic = false) {
    this.Jupyter = {
      comm: {
        open: (target_name, data, metadata, buffers, comm_id = "") => {
          const content = { comm_id, target_name, data, metadata };
          this.#publish({ type: "comm_open", content, ...(buffers && { buffers }) });
          return this.#createComm(comm_id);
        },
        registerTarget: (name, handler) => void this.#targets.set(name, handler),
        getCurrentMessageId: () => this.#message,
        ...(isPublic ? {} : { _onOutput: (output: LiteOutput) => this.#publish(output) }),
      } satisfies LiteScope["Jupyter"]["comm"],
    };
  }

  /** Runs a cell, and shows its last expression. */
  async run(id: string, cell: () => unknown): Promise<void> {
    await this.#handle(id, async () => {
      const value = await cell();
      if (value === undefined) return;
      this.#publish({ type: "execute_result", bundle: { data: toMime(value) } });
    });
  }

  /** Delivers a comm_msg. */
  async deliver(commId: string, data: object, buffers: readonly ArrayBuffer[] = []): Promise<void> {
    await this.#handle("a comm's message", () => this.#comms.get(commId)?.onMsg?.(data, buffers));
  }

  /** The page opens a comm. */
  openFromPage(commId: string, target: string, data: object): void {
    this.#targets.get(target)?.(this.#createComm(commId), data, []);
  }

  /** The page closes a comm. */
  closeFromPage(commId: string): void {
    this.#comms.get(commId)?.onClose?.();
    this.#comms.delete(commId);
  }

  ofType(type: string): LiteOutput[] {
    return this.outputs.filter((output) => output.type === type);
  }

  /** What the kernel printed. */
  get printed(): string {
    return this.ofType("stream")
      .map(({ bundle }) => `${bundle?.name}: ${bundle?.text}`)
      .join("");
  }

  async #handle(id: string, work: () => unknown): Promise<void> {
    const before = this.#message;
    this.#message = id;
    try {
      await work();
    } finally {
      this.#message = before;
    }
  }

  #createComm(commId: string): LiteComm {
    const comm: LiteComm = {
      commId,
      send: (data, _metadata, buffers) =>
        this.#publish({
          type: "comm_msg",
          content: { comm_id: commId, data },
          ...(buffers && { buffers }),
        }),
      close: () => {
        this.#publish({ type: "comm_close", content: { comm_id: commId } });
        this.closeFromPage(commId);
      },
      onMsg: null,
      onClose: null,
    };
    this.#comms.set(commId, comm);
    return comm;
  }

  #publish(output: LiteOutput): void {
    this.outputs.push(structuredClone(output));
  }
}

/** As the kernel asks a value for its bundle: it ignores what the method throws. */
function toMime(value: unknown): Readonly<Record<string, unknown>> {
  const { _toMime } = (value ?? {}) as { readonly _toMime?: () => Record<string, unknown> };
  try {
    return _toMime?.call(value) ?? { "text/plain": String(value) };
  } catch {
    return { "text/plain": String(value) };
  }
}

function text(values: readonly unknown[]): string {
  return `${values.map((value) => (typeof value === "string" ? value : toMime(value)["text/plain"])).join(" ")}\n`;
}
