/** Releases what its maker holds: a listener, a timer, a bitmap. Calling `dispose` more than once is allowed and does nothing more. */
export interface Disposable {
  dispose(): void;
}

/**
 * One two-way channel between a session and a view: a Jupyter comm, a WebSocket, or the linked in-memory pair of the tests.
 *
 * What comes in is `unknown`: the receiver parses it. Order is kept in each direction.
 */
export interface Transport<Outgoing extends object> {
  /**
   * Whether every message arrives that is sent before the channel closes. True of a WebSocket; false
   * of a Jupyter comm, since ZeroMQ and Jupyter Server drop messages of a subscriber that is too slow.
   */
  readonly isReliable: boolean;
  /**
   * Sends a message and its binary buffers. The buffers must not be changed afterwards.
   *
   * @throws Error when the channel is closed; the message says so.
   */
  send(message: Outgoing, buffers?: readonly Uint8Array[]): void;
  /** Registers the one receiver. Buffers are views on memory that the receiver may keep. */
  onMessage(receiver: (message: unknown, buffers: readonly Uint8Array[]) => void): Disposable;
}
