/**
 * The host of a server in a configuration file: a name or an address alone. A whole URL, or one with its port, would
 * only be a name that nobody knows, at the first connection. Decoding fails and says what is expected.
 */
import { isIPv6 } from "node:net"
import { Schema } from "effect"

export const HostName = Schema.NonEmptyString.check(
  Schema.makeFilter(
    (text) =>
      isIPv6(text) || !/[\s/@:]/u.test(text) || "must be a host name or an address alone, such as sftp.acme.example"
  )
)
