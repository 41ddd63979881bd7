/**
 * The class 1 checks of product master data: every product of a message against every rule, all errors at once. What
 * stored data says comes later (`ProductMasterApply`).
 *
 * Pure and lazy: a message with 100,000 wrong products is counted without being kept.
 */
import * as Rule from "../engine/Rule.ts"
import * as Gs1 from "../formats/Gs1.ts"
import * as Settings from "../partners/Settings.ts"
import { commercialStatuses, dataStatuses, itemCodeTypes, packagingLevels } from "../partners/WorldProducts.ts"
import {
  type FieldName,
  filled,
  type PackagingRecord,
  type ProductMaster,
  type ProductRecord,
  yesNo
} from "./ProductMaster.ts"
import * as Rules from "./ProductMasterRules.ts"

/** Product master data with the settings of the installation. */
export type Known = ProductMaster & { readonly settings: Settings.Settings }

const isGtin = (type: string | undefined): boolean => (type ?? "").toUpperCase() === "GTIN-14"
const hasDigits = (type: string | undefined): boolean => isGtin(type) || (type ?? "").toUpperCase() === "NTIN"
const oneOf = (list: ReadonlyArray<string>, value: string): boolean => list.includes(value)
const control = /[\p{Cc}\p{Zl}\p{Zp}]/u

type Look = (product: ProductRecord, place: (path: string, field: FieldName) => string) => Iterable<Rule.Violation>

/** A check that looks at one product after another. */
const each = (rule: Rule.RuleInfo, look: (known: Known) => Look): Rule.Check<Known> =>
  Rule.check<Known>(rule, function* (known) {
    const inEach = look(known)
    for (const product of known.products) yield* inEach(product, (path, field) => path + known.places[field])
  })

const required = (rule: typeof Rules.productCodeRequired | typeof Rules.nameRequired, field: "productCode" | "name") =>
  each(
    rule,
    () =>
      function* (product) {
        if (!filled(product[field])) yield rule.raise({ path: product.path, value: product[field] })
      }
  )

const status = (
  rule: typeof Rules.dataStatus | typeof Rules.commercialStatus,
  field: "dataStatus" | "commercialStatus",
  list: ReadonlyArray<string>
) =>
  each(
    rule,
    () =>
      function* (product, place) {
        const value = product[field]
        if (!filled(value) || oneOf(list, value)) return
        yield rule.raise({ status: value, statuses: list.join(", ") }, { path: place(product.path, field), value })
      }
  )

/** A check of every packaging level. */
const levels = (
  rule: Rule.RuleInfo,
  look: (
    level: PackagingRecord,
    place: (path: string, field: FieldName) => string,
    known: Known
  ) => Iterable<Rule.Violation>
) =>
  each(
    rule,
    (known) =>
      function* (product, place) {
        for (const level of product.packaging) yield* look(level, place, known)
      }
  )

/** All class 1 checks. */
export const checks: ReadonlyArray<Rule.Check<Known>> = [
  Rule.check<Known>(Rules.noProducts, function* ({ products }) {
    if (products.length === 0) yield Rules.noProducts.raise()
  }),
  required(Rules.productCodeRequired, "productCode"),
  each(Rules.productCodeRepeated, () => {
    const seen = new Set<string>()
    return function* (product, place) {
      const code = product.productCode
      if (!filled(code)) return
      if (seen.has(code))
        yield Rules.productCodeRepeated.raise({ code }, { path: place(product.path, "productCode"), value: code })
      seen.add(code)
    }
  }),
  required(Rules.nameRequired, "name"),
  each(
    Rules.marketRequired,
    () =>
      function* (product) {
        if (product.markets.length === 0) yield Rules.marketRequired.raise({ path: product.path })
      }
  ),
  each(
    Rules.marketUnknown,
    () =>
      function* (product, place) {
        for (const { country, path } of product.markets) {
          if (country !== undefined && /^[A-Z]{2}$/u.test(country)) continue
          yield Rules.marketUnknown.raise(
            { country: country ?? "" },
            { path: country === undefined ? path : place(path, "country"), value: country }
          )
        }
      }
  ),
  each(
    Rules.marketRepeated,
    () =>
      function* (product, place) {
        const seen = new Set<string>()
        for (const { country, path } of product.markets) {
          if (!filled(country)) continue
          if (seen.has(country))
            yield Rules.marketRepeated.raise({ country }, { path: place(path, "country"), value: country })
          seen.add(country)
        }
      }
  ),
  each(
    Rules.packagingRequired,
    () =>
      function* (product) {
        if (product.packaging.length === 0) yield Rules.packagingRequired.raise({ path: product.path })
      }
  ),
  levels(Rules.levelUnknown, function* ({ level, path }, place) {
    if (level !== undefined && oneOf(packagingLevels, level)) return
    const at = { path: level === undefined ? path : place(path, "level"), value: level }
    yield Rules.levelUnknown.raise({ level: level ?? "", levels: packagingLevels.join(", ") }, at)
  }),
  levels(Rules.codeRequired, function* ({ codes, path }) {
    if (codes.length === 0) yield Rules.codeRequired.raise({ path })
    for (const code of codes) if (!filled(code.value)) yield Rules.codeRequired.raise({ path: code.path })
  }),
  levels(Rules.codeTypeUnknown, function* ({ codes }, place, { settings }) {
    for (const { type, path } of codes) {
      if (Settings.canonical(settings.packagingCodeTypes, type ?? "") !== undefined) continue
      const at = { path: type === undefined ? path : place(path, "codeType"), value: type }
      yield Rules.codeTypeUnknown.raise({ type: type ?? "", types: settings.packagingCodeTypes.join(", ") }, at)
    }
  }),
  levels(Rules.codeLength, function* ({ codes }) {
    for (const { type, value, path } of codes) {
      if (!hasDigits(type) || !filled(value) || /^\d{14}$/u.test(value)) continue
      yield Rules.codeLength.raise({ type: type ?? "", value }, { path, value })
    }
  }),
  levels(Rules.checkDigit, function* ({ codes }) {
    for (const { type, value, path } of codes) {
      if (!isGtin(type) || value === undefined || !/^\d{14}$/u.test(value) || Gs1.hasCheckDigit(value)) continue
      yield Rules.checkDigit.raise({ value }, { path, value })
    }
  }),
  each(Rules.codeRepeated, () => {
    const seen = new Set<string>()
    return function* (product) {
      for (const { type = "", value, path } of product.packaging.flatMap(({ codes }) => codes)) {
        if (!filled(value)) continue
        const key = `${type.toUpperCase()} ${value}`
        if (seen.has(key)) yield Rules.codeRepeated.raise({ type, value }, { path, value })
        seen.add(key)
      }
    }
  }),
  levels(Rules.companyPrefix, function* (level, place) {
    const prefix = level.companyPrefix
    if (!filled(prefix)) return
    const gtins = level.codes.flatMap(({ type, value }) => (isGtin(type) && filled(value) ? [value] : []))
    if (/^\d{4,12}$/u.test(prefix) && gtins.every((gtin) => gtin.startsWith(prefix, 1))) return
    yield Rules.companyPrefix.raise({ prefix }, { path: place(level.path, "companyPrefix"), value: prefix })
  }),
  levels(Rules.quantity, function* (level, place) {
    const value = level.quantity
    if (!filled(value) || /^0*[1-9]\d{0,8}$/u.test(value)) return
    yield Rules.quantity.raise({ quantity: value }, { path: place(level.path, "quantity"), value })
  }),
  each(
    Rules.itemCodeType,
    () =>
      function* (product, place) {
        for (const { type, path } of product.itemCodes) {
          if (type !== undefined && oneOf(itemCodeTypes, type)) continue
          const at = { path: type === undefined ? path : place(path, "itemCodeType"), value: type }
          yield Rules.itemCodeType.raise({ type: type ?? "" }, at)
        }
      }
  ),
  each(
    Rules.itemCodeValue,
    () =>
      function* (product) {
        for (const { value, path } of product.itemCodes) if (!filled(value)) yield Rules.itemCodeValue.raise({ path })
      }
  ),
  status(Rules.dataStatus, "dataStatus", dataStatuses),
  status(Rules.commercialStatus, "commercialStatus", commercialStatuses),
  each(
    Rules.notYesOrNo,
    () =>
      function* (product, place) {
        for (const market of product.markets) {
          for (const field of ["traceabilityRequired", "pointOfDispenseVerification"] as const) {
            const value = market[field]
            if (!filled(value) || yesNo(value) !== undefined) continue
            yield Rules.notYesOrNo.raise({ value }, { path: place(market.path, field), value })
          }
        }
      }
  ),
  each(
    Rules.unprintable,
    () =>
      function* (product, place) {
        const fields = [
          "productCode",
          "name",
          "description",
          "genericName",
          "strength",
          "dosageForm",
          "containerSize"
        ] as const
        for (const field of fields) {
          const value = product[field]
          if (value !== undefined && control.test(value))
            yield Rules.unprintable.raise({ path: place(product.path, field) })
        }
        const codes = [...product.itemCodes, ...product.packaging.flatMap((level) => level.codes)]
        for (const { value, path } of codes) if (control.test(value ?? "")) yield Rules.unprintable.raise({ path })
        for (const { origin, distributionPartners, path } of product.markets) {
          if (control.test(origin ?? "")) yield Rules.unprintable.raise({ path: place(path, "origin") })
          if (distributionPartners.some((text) => control.test(text)))
            yield Rules.unprintable.raise({ path: place(path, "distributionPartner") })
        }
      }
  )
]
