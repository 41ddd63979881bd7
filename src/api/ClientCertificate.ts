/**
 * The certificate that a TLS client showed, and whether it is one that the configuration names: by its fingerprint, or by
 * its common name where an authority that the server trusts signed it. One that is not valid at the moment is none.
 */
import type { X509Certificate } from "node:crypto"
import { IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import { TLSSocket } from "node:tls"
import type { HttpServerRequest } from "effect/http"

/** How the configuration names one certificate, or all of one name. */
export type CertificateName =
  | {
      /** SHA-256 of the certificate, hexadecimal, with or without colons. */
      readonly fingerprint: string
    }
  | {
      /** Common name of the subject; its signer must be trusted by the server. */
      readonly commonName: string
    }

/** A certificate as it was shown. */
export interface Shown {
  readonly fingerprint: string
  readonly commonName: string | undefined
  /** By an authority that the server trusts. */
  readonly isSigned: boolean
  /** Milliseconds. */
  readonly validFrom: number
  readonly validTo: number
}

const plain = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase()

const nameOf = (certificate: X509Certificate): string | undefined =>
  /^CN=(.+)$/mu.exec(certificate.subject)?.[1]?.trim()

/** A connection's certificate does not change, and reading it costs more than a look-up. */
const bySocket = new WeakMap<TLSSocket, Shown>()

/** The certificate of a request's connection; undefined where the client showed none. */
export const of = (request: HttpServerRequest.HttpServerRequest): Shown | undefined =>
  request.source instanceof IncomingMessage ? ofSocket(request.source.socket) : undefined

/** The same of a connection. */
export const ofSocket = (socket: Socket): Shown | undefined => {
  if (!(socket instanceof TLSSocket)) return undefined
  const known = bySocket.get(socket)
  if (known !== undefined) return known
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return undefined
  const shown: Shown = {
    fingerprint: plain(certificate.fingerprint256),
    commonName: nameOf(certificate),
    isSigned: socket.authorized,
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo)
  }
  bySocket.set(socket, shown)
  return shown
}

export const isValid = ({ validFrom, validTo }: Shown, now: number): boolean => validFrom <= now && now < validTo

/** True when the name means this certificate. */
export const isMeant = (shown: Shown, name: CertificateName): boolean =>
  "fingerprint" in name
    ? plain(name.fingerprint) === shown.fingerprint
    : shown.isSigned && name.commonName === shown.commonName
