/**
 * Holds a listener, a timer, a bitmap or the like. `dispose` releases it; further calls do nothing.
 */
export interface Disposable {
  dispose(): void;
}

/**
 * A two-way channel between a session and a view: a Jupyter comm, a WebSocket, or the linked
 * in-memory pair of the tests.
 *
 * Incoming messages are `unknown`: the receiver parses them. Messages keep their order in each
 * direction.
 */
export interface Transport<Outgoing extends object> {
  /**
   * Whether every message arrives that is sent before the channel closes. True of a WebSocket;
   * false of a Jupyter comm: ZeroMQ and Jupyter Server drop messages of a subscriber that is too
   * slow. A view on a reliable channel must acknowledge every frame: it gets no more until it does.
   */
  readonly isReliable: boolean;
  /**
   * Sends a message and its binary buffers. The buffers must not change afterwards.
   *
   * @throws Error when the channel is closed.
   */
  send(message: Outgoing, buffers?: readonly Uint8Array[]): void;
  /** What is in flight counts as lost. Only a channel that holds frames back needs this. */
  framesLost?(): void;
  /** Registers the only receiver. It may keep the buffers. */
  onMessage(receiver: (message: unknown, buffers: readonly Uint8Array[]) => void): Disposable;
}
