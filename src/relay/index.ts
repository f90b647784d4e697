/** Streams for many viewers: from one publisher through a broker to edges. */
export { connectBroker, type Broker } from "./broker";
export {
  NATS_OPTION,
  natsSettings,
  type NatsOption,
  type NatsOptions,
  type NatsTlsOptions,
} from "./brokerOptions";
export type { RenditionOffer, RoleSummary } from "./announcement";
export type { EdgeOptions } from "./edge/edgeOptions";
export { edgeSettings } from "./edge/edgeOptions";
export { EdgeServer, serve_edge } from "./edge/serveEdge";
export type { RelayedStream, RemoteViewer } from "./publisher/relayedStream";
export { RelayPublisher } from "./publisher/relayPublisher";
