/** The RabbitMQ channel keeps the contract; what it does beyond it: labels, identity, dead letters, returned messages. */
import { Effect } from "effect"
import { channelContract } from "../contracts/ChannelContract.ts"
import { describeWithBroker, harness, TestBroker } from "./AmqpBroker.ts"

describeWithBroker("RabbitMQ", () => {
  const broker = new TestBroker("shared")

  channelContract(
    "amqp",
    Effect.suspend(() => harness(broker))
  )
})
