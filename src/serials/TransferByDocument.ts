/**
 * A transfer by packaging code and reference documents: everything the sender holds of them that is encoded moves to
 * the new location. What was encoded is known from earlier status updates; where those seem to be on their way, the
 * violations may wait.
 *
 * `judge` changes nothing. `move` is only called when nobody objected.
 */
import { Effect } from "effect"
import type { RunContext } from "../engine/Pipeline.ts"
import type { Violation } from "../engine/Rule.ts"
import type { Directory } from "../partners/Directory.ts"
import * as Settings from "../partners/Settings.ts"
import type { Pool, Product } from "../partners/World.ts"
import type { Documents, Item } from "./SerialModel.ts"
import { Serials } from "./Serials.ts"
import * as Identifier from "./SnxIdentifier.ts"
import { eventTime, filled, givenDocuments, type ObjectIdentifier, printDocuments } from "./SnxMessage.ts"
import * as Places from "./SnxPlaces.ts"
import type { Senders } from "./TransferParties.ts"
import * as Refusals from "./TransferRefusals.ts"
import type { TransferRequest } from "./TransferRequest.ts"

const at = Places.transferRequest

/** What a request by document names, found in the configuration. */
export interface Named {
  readonly item: Item
  readonly documents: Documents
  readonly pool: Pool
  /** None for a company prefix, which is no product. */
  readonly product: Product | undefined
}

/** The packaging code as written, its type in the spelling of the settings; undefined where either is missing. */
export const codeOf = ({ packagingItemCode: written }: TransferRequest, { settings }: Directory) =>
  written === undefined || !filled(written.value) || !filled(written.type)
    ? undefined
    : { codeType: Settings.canonical(settings.packagingCodeTypes, written.type) ?? written.type, code: written.value }

/** Finds pool and product of the packaging code. */
export const named = (
  request: TransferRequest,
  directory: Directory,
  { owner, profile }: Senders
): Named | ReadonlyArray<Violation> => {
  const { settings } = directory
  const written = codeOf(request, directory)
  const documents = givenDocuments(request.referenceDocuments) ?? {}
  if (written === undefined)
    return [
      Refusals.packagingCodeEmpty.raise({ path: at.body("cmn:PackagingItemCode") }),
      Refusals.packagingTypeInvalid.raise({ path: at.body("cmn:PackagingItemCode") })
    ]
  const { codeType, code } = written
  const filter = profile === undefined ? undefined : directory.profileCode(profile, codeType, code)?.filterValue
  const pool = directory.pool(owner.id, codeType, code, filter)
  if (pool === undefined)
    return [
      Refusals.poolNotFound.raise(
        {
          "app ID": settings.appId,
          " packaging code type": codeType,
          "packagingcode value": code,
          "filter value": filter ?? ""
        },
        { path: at.body("cmn:PackagingItemCode"), value: code }
      )
    ]
  const product = directory.product(owner.id, codeType, code)
  const kind = Identifier.kindOf(pool.encoding)
  if (product === undefined && kind !== "company prefix")
    return [
      Refusals.productNotFound.raise({ "pool ID": pool.id }, { path: at.body("cmn:PackagingItemCode"), value: code })
    ]
  const codeLevel = product?.codeLevel
  if (kind === "China subtype" && codeLevel !== undefined && !/^[1-9]$/u.test(codeLevel))
    return [Refusals.codeLevelInvalid.raise({ path: at.body("cmn:PackagingItemCode"), value: codeLevel })]
  return { item: { owner: owner.id, codeType, code }, documents, pool, product }
}

const texts = ({ item: { codeType, code }, documents }: Named) => {
  const printed = printDocuments(documents)
  return {
    "packaging code type": codeType,
    "packaging code value": code,
    "packaging code": code,
    "reference document": printed,
    "reference documents": printed,
    'valid state (i.e. "encoded")': "encoded"
  }
}

const holderOf = ({ sender }: Senders) => ({ company: sender.id, orOwner: true })

/** Says whether the numbers are there to be moved. */
export const judge = Effect.fn("TransferByDocument.judge")(function* (from: Senders, what: Named) {
  const serials = yield* Serials
  const { item, documents } = what
  const { encoded, reserved } = yield* serials.countByState({ item, documents, holder: holderOf(from) })
  const place = { path: at.body("cmn:PackagingItemCode"), value: item.code }
  if (encoded === 0 && reserved === 0) {
    const known = yield* serials.knownDocument({ item, documents })
    return known ? Refusals.noneInState.raise(texts(what), place) : Refusals.noMessages.raise(texts(what), place)
  }
  if (reserved > 0 && (encoded === 0 || from.profile?.partialTransfer !== true))
    return Refusals.fewerThanExpected.raise(texts(what), place)
  return undefined
})

/** Moves the encoded numbers. */
export const move = (
  request: TransferRequest,
  from: Senders,
  what: Named,
  to: { readonly company: string; readonly location: string | undefined },
  context: RunContext
) =>
  Serials.use((serials) =>
    serials.changeSelected({
      operation: "transfer",
      states: ["encoded"],
      holder: holderOf(from),
      item: what.item,
      documents: what.documents,
      to,
      eventAt: eventTime(request.eventDateTime),
      attributes: { eventLocation: request.eventLocation },
      context
    })
  )

/** The object identifier of the response: the key that the pool's encoding asks for. */
export const identifierOf = ({ item: { codeType, code }, pool, product }: Named): ObjectIdentifier => {
  const keys = { ...Identifier.noKeys, keys: 1 }
  switch (Identifier.kindOf(pool.encoding)) {
    case "company prefix":
      return { ...keys, companyPrefix: code }
    case "China subtype": {
      const { cnSubtype, codeLevel, packageRatio } = product ?? {}
      return { ...keys, cnSubtype, codeLevel, packageRatio, keys: cnSubtype === undefined ? 0 : 1 }
    }
    default:
      return Settings.sameToken(codeType, "NTIN") ? { ...keys, ntin: code } : { ...keys, gtin14: code }
  }
}
