import { expect, it, vi } from "vitest";
import { connectBroker } from "../../../src/relay/broker";
import { natsSettings } from "../../../src/relay/brokerOptions";

vi.mock("@nats-io/transport-node", () => {
  throw new Error("Cannot find package");
});

it("without NATS' client, the error says how to install it", async () => {
  const connecting = connectBroker({
    settings: natsSettings("nats://127.0.0.1", {}),
    name: "test",
    onError: () => undefined,
    onNote: () => undefined,
  });
  await expect(connecting).rejects.toThrow(
    "Cannot use NATS: the package @nats-io/transport-node is missing; npm install @nats-io/transport-node",
  );
});
