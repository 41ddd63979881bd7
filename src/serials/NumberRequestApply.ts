/**
 * Requests for numbers: draws the quantity from the owner's pool, gives the numbers to the plant in state reserved, and
 * answers with them. Class 2; runs inside the commit transaction.
 */
import { Effect } from "effect"
import { type Applied, type Refused, type RunContext, refuse } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import type { Directory } from "../partners/Directory.ts"
import { Partners } from "../partners/Partners.ts"
import type { Company, Pool, Profile } from "../partners/World.ts"
import type { NumberRequest, NumberResponse } from "./NumberRequest.ts"
import * as Rules from "./NumberRequestRules.ts"
import { encodingOf } from "./SerialNumber.ts"
import { Serials } from "./Serials.ts"
import type { SerialsError } from "./SerialsError.ts"
import * as Identifier from "./SnxIdentifier.ts"
import { fileMoment, givenDocuments, type Known, type ObjectIdentifier } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import * as Waiting from "./SnxWaiting.ts"

const at = Places.numberRequest

interface Code {
  readonly codeType: string
  readonly code: string
}

/** Finds what a key names. A China subtype is that of a product, one of whose codes the profile has to have. */
const codeOf = (
  directory: Directory,
  owner: string,
  profile: Profile | undefined,
  identifier: ObjectIdentifier
): Code | undefined => {
  const [key] = Identifier.keysOf(identifier, directory.settings)
  if (key === undefined) return undefined
  if (key.codeType !== undefined) {
    const code = { codeType: key.codeType, code: key.value }
    return profile === undefined || directory.profileCode(profile, code.codeType, code.code) !== undefined
      ? code
      : undefined
  }
  const own = profile?.packagingCodes.find(
    ({ type, value }) => directory.product(owner, type, value)?.cnSubtype === key.value
  )
  return own === undefined ? undefined : { codeType: own.type, code: own.value }
}

/** Finds the pool of a code; violations where it is missing or is not what was asked for. */
const poolOf = (
  directory: Directory,
  request: NumberRequest,
  owner: Company,
  profile: Profile | undefined,
  { codeType, code }: Code
): Pool | Violation => {
  const { settings } = directory
  const path = at.body("cmn:ObjectIdentifier")
  const filter = profile === undefined ? undefined : directory.profileCode(profile, codeType, code)?.filterValue
  const pool = directory.pool(owner.id, codeType, code, filter)
  if (pool === undefined || encodingOf(pool.encoding) !== encodingOf(request.numberEncoding ?? ""))
    return Rules.poolNotFound.raise(
      {
        "app ID": settings.appId,
        " packaging code type": codeType,
        "packagingcode value": code,
        "filter value": filter ?? ""
      },
      { path, value: code }
    )
  const product = directory.product(owner.id, codeType, code)
  // A company prefix is no product; everything else is.
  if (product === undefined && Identifier.kindOf(pool.encoding) !== "company prefix")
    return Rules.productNotFound.raise({ "pool ID": pool.id }, { path, value: code })
  const level = request.objectIdentifier?.codeLevel
  if (level !== undefined && level !== (product?.codeLevel ?? ""))
    return Rules.codeLevelInvalid.raise({
      path: at.body("cmn:ObjectIdentifier/cmn:CNSubtypeObjectKey/@codeLevel"),
      value: level
    })
  return pool
}

/** Everything the configuration has to say about a request. */
const resolve = (directory: Directory, request: NumberRequest) => {
  const { header, objectIdentifier = Identifier.noKeys } = request
  const { sender, receiver: owner } = directory.parties(header.sender, header.receiver)
  const unknown = (number: string, element: string) =>
    Rules.profileNotFound.raise(
      { "service ID": directory.settings.serviceId, "Partner company ID": number },
      { path: at.header(element), value: number }
    )
  if (owner === undefined) return { violations: [unknown(header.receiver, "cmn:FileReceiverNumber")] }
  const profile = sender === undefined ? undefined : directory.profile(owner.id, sender.id)
  if (sender === undefined || (profile === undefined && sender !== owner))
    return { violations: [unknown(header.sender, "cmn:FileSenderNumber")] }

  const violations: Array<Violation> = []
  const plant = directory.location(undefined, request.plantLocationId)
  if (plant?.company !== sender)
    violations.push(
      Rules.plantUnknown.raise(
        { location: request.plantLocationId, sender: sender.name },
        { path: at.body("cmn:PlantLocationId"), value: request.plantLocationId }
      )
    )
  const code = codeOf(directory, owner.id, profile, objectIdentifier)
  if (code === undefined) {
    const [key] = Identifier.keysOf(objectIdentifier)
    const name = key?.element.slice("cmn:".length) ?? "ObjectIdentifier"
    const place = { path: at.body("cmn:ObjectIdentifier"), value: key?.value }
    violations.push(Rules.codeNotInProfile.raise({ key: name, value: key?.value ?? "", sender: sender.name }, place))
    return { violations }
  }
  const pool = poolOf(directory, request, owner, profile, code)
  if ("rule" in pool) return { violations: [...violations, pool] }
  return violations.length > 0 ? { violations } : { sender, owner, plant, code, pool }
}

/** Carries out a request for numbers. */
export const apply = Effect.fn("NumberRequest.apply")(function* (request: Known<NumberRequest>, context: RunContext) {
  const directory = yield* Partners.use(({ current }) => current)
  const found = resolve(directory, request)
  if ("violations" in found) return yield* Effect.fail(refuse(found.violations))
  const { sender, owner, plant, code, pool } = found
  const item = { owner: owner.id, ...code }
  const documents = givenDocuments(request.referenceDocuments)

  const serials = yield* Serials
  const { values } = yield* serials
    .provision({
      pool,
      quantity: Number(request.quantity),
      company: sender.id,
      location: plant?.location?.id,
      documents,
      requestId: request.requestId,
      attributes: { requestId: request.requestId, plantLocationId: request.plantLocationId },
      context
    })
    .pipe(
      Effect.catchTag("SerialsError", (error): Effect.Effect<never, SerialsError | Refused> => {
        if (error.reason._tag !== "PoolExhausted") return Effect.fail(error)
        const { left, wanted } = error.reason
        const violation = Rules.poolExhausted.raise(
          { pool: pool.id, left: `${left}`, wanted: `${wanted}` },
          { path: at.body("cmn:Quantity"), value: request.quantity }
        )
        return Effect.fail(refuse([violation]))
      })
    )

  const value: NumberResponse = {
    header: {
      sender: request.header.receiver,
      receiver: request.header.sender,
      controlNumber: context.controlNumber(0),
      ...fileMoment(context.clock)
    },
    requestId: request.requestId,
    referenceDocuments: documents,
    numberEncoding: request.numberEncoding ?? pool.encoding,
    objectIdentifier: request.objectIdentifier ?? Identifier.noKeys,
    serials: { values, formats: undefined }
  }
  const applied: Applied<NumberResponse> = {
    answers: [{ to: sender.id, controlNumber: value.header.controlNumber, value }],
    warnings: [],
    touched: [
      ...(documents === undefined ? [] : Waiting.documentWords(item, documents)),
      ...Waiting.touched(value.serials)
    ]
  }
  return applied
})
