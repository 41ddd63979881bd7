/**
 * Settings of an installation: the choices that the public documents leave open, or whose lists could not be recovered
 * from them. Each has a default and the evidence for it. A world names only those it changes; `resolve` adds the rest.
 *
 * Pure. A setting with an unknown name or a wrong shape does not decode, so a typo never passes for a default.
 */
import { Schema, Struct } from "effect"

const Tokens = Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1))
const AtLeastOne = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const words = (text: string): ReadonlyArray<string> => text.split(/\s+/u)

/** Every setting, with a value. */
export const Settings = Schema.Struct({
  /**
   * `PackagingItemCode/@type`. GTIN-14 stands in the example of SNX Serial Number Transfer; NTIN and CN-ResCode are
   * packaging code kinds of Serial Number Manager templates and of Smart Event Manager (which prints CN-RESCODE). SKU, a
   * company's own code, is what order documents name products by.
   */
  packagingCodeTypes: Tokens,
  /**
   * Which packaging code type names the GS1 company prefix of SSCCs. The documents say "GS1 Company Prefix" without
   * printing the token; GCP is what TraceLink's published JSON schemas call it among location identifiers.
   */
  companyPrefixType: Schema.NonEmptyString,
  /**
   * `NumberEncoding`. The first three are the list of Serial Number Replenish Response; the others are named by the
   * Class 1 texts of the Serial Number Transfer response.
   */
  numberEncodings: Tokens,
  /** `Serial/@format`. The three application identifier formats: the RFID encodings are not AI text. */
  serialFormats: Tokens,
  /**
   * `SNTransferToLocation/@type`. The list of Smart Event Manager's `locationType` error text, and COMPANYID from
   * Management's receiving location file.
   */
  locationTypes: Tokens,
  /** Kinds of identifier a company or location of the world may have: TraceLink's published `locationIdentifierType`. */
  identifierTypes: Tokens,
  /** Identifier types whose values are unique within one company only, so they name nobody in a message header. */
  companyLocalTypes: Tokens,
  /**
   * Whether GLNs of companies and locations must have a right check digit. False: of the party numbers in the examples
   * of SNX Serial Number Transfer (2024.4) four have a wrong one, 8779891013658 for instance.
   */
  checkPartyCheckDigits: Schema.Boolean,
  /** `[service ID]` in the Class 2 texts of the SNX messages. The documents give no value. */
  serviceId: Schema.NonEmptyString,
  /** `[app ID]` in "Unable to find active product pool for serviceId [app ID], ...". The documents give no value. */
  appId: Schema.NonEmptyString,
  /** Namespace of `IEProcessingAckMessage`. The documents show the prefix `ie` and not its URI: this one is ours. */
  ieNamespace: Schema.NonEmptyString,
  /** How many days a transfer without a recipient waits for an operator before it fails. Ours. */
  pendingTransferDays: AtLeastOne,
  /**
   * Contexts in which a product may be verified. GS1's list has four; two of its words stand in public sources, the
   * others (suspect or illegitimate product, product status) have to be added as the guideline spells them.
   */
  verificationContexts: Tokens,
  /** Most numbers one request may ask for: Serial Number Manager templates deny larger partner requests. */
  maxQuantityPerRequest: AtLeastOne
})
export type Settings = typeof Settings.Type

/** Those a world changes. */
export const Overrides = Settings.mapFields(Struct.map(Schema.optionalKey))
export type Overrides = typeof Overrides.Type

/** What holds where the world says nothing. */
export const defaults: Settings = {
  packagingCodeTypes: ["GTIN-14", "NTIN", "CN-RESCODE", "GCP", "SKU"],
  companyPrefixType: "GCP",
  numberEncodings: ["AI(00)", "AI(01)+AI(21)", "CN-EDMC", "SGTIN-96", "SGTIN-198", "SSCC-96"],
  serialFormats: ["AI(00)", "AI(01)+AI(21)", "CN-EDMC"],
  locationTypes: words(`GLN SGLN DUNS DUNS4 DEA HIN COMPANYID COMPANYSITEID BR_CNES BR_CNPJ BR_CPF BR_PROF_REG
    IN_LOCATION_ID KR_BUS_REG_NUMBER KR_PROVIDER_CODE`),
  identifierTypes: words(`AM_TIN AR_CUIT BR_CNES BR_CNPJ BR_CPF BR_PROF_REG BY_TIN CN_CHINA_ID CN_USCID CN_FOREIGN_MFR
    CN_FOREIGN_MAH COMPANYID COMPANYSITEID DEA DE_IFA_REG_NUM DUNS DUNS4 GCP GLN HIN IN_COMPANY_ID IN_IEC IN_GSTN
    IN_LOCATION_ID IN_MFR IN_MRCH IN_PAN IN_TIN KG_TIN KR_BUS_REG_NUMBER KR_PROVIDER_CODE KZ_BIN RU_ACCOUNT_NUMBER
    RU_INN_FOREIGN_ENTITY RU_INN_INDIV RU_INN_KPP_TAX_CODE RU_INN_LOCAL_ENTITY SGLN TRACELINK_ID ID_BPOM_FACILITYID
    UZ_TIN BG_NATIONAL_NUMBER CN_NDC CN_NUMBER CN_STANDARD CUIT VAWD CPF CNES CNPJ PARTNERCOMPANYID STORENUMBER`),
  companyLocalTypes: ["COMPANYSITEID", "PARTNERCOMPANYID", "STORENUMBER"],
  checkPartyCheckDigits: false,
  serviceId: "SNX",
  appId: "SNX",
  ieNamespace: "urn:throughline:ie_processing_response",
  pendingTransferDays: 30,
  verificationContexts: ["dscsaSaleableReturn", "dscsaExceptionVerification"],
  maxQuantityPerRequest: 500_000
}

/** The settings of an installation: its own where it has them, else the default. */
export const resolve = (overrides: Overrides): Settings => ({ ...defaults, ...overrides })

/** Tokens compare without case: messages and documents write `CN-ResCode` and `CN-RESCODE`. */
export const sameToken = (a: string, b: string): boolean => a.toUpperCase() === b.toUpperCase()

/** The token of an enumeration as the enumeration spells it; undefined when it is not one of them. */
export const canonical = (enumeration: ReadonlyArray<string>, token: string): string | undefined => {
  const wanted = token.toUpperCase()
  return enumeration.find((known) => known.toUpperCase() === wanted)
}
