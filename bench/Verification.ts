/**
 * (f) Verifications over HTTP with mutual TLS: ten million serial numbers in the store, one process that answers, 16 and
 * 256 connections of a process that asks; then half of that rate, for the latency that anybody would see.
 *
 * Beside it, in the same run, the two things it stands on: the bare work of the database through the same driver (a point
 * look-up on a pipelined connection, then the row of history in a grouped insert), asked for by as many fibers as there are
 * connections, and a bare HTTPS server of the same runtime that answers the same bytes and does nothing. The three take
 * turns, and the median of each counts: what else the machine does then weighs on all of them.
 */
import { execFile, execFileSync } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { createServer } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Context, Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import * as Reactivity from "effect/reactivity/Reactivity"
import { SqlClient } from "effect/sql"
import * as ApiKeys from "../src/api/ApiKeys.ts"
import * as LightweightMessaging from "../src/api/LightweightMessaging.ts"
import * as Server from "../src/api/Server.ts"
import * as ConfigFile from "../src/cli/ConfigFile.ts"
import * as Verifying from "../src/cli/Verifying.ts"
import * as WorldImport from "../src/cli/WorldImport.ts"
import * as World from "../src/partners/World.ts"
import * as Database from "../src/store/Database.ts"
import * as Grouped from "../src/verification/Grouped.ts"
import type { Entry } from "../src/verification/HistoryModel.ts"
import * as HistoryQueries from "../src/verification/HistoryQueries.ts"
import * as Stage from "./Stage.ts"
import type { Measured, Orders } from "./VerificationLoad.ts"

const gtin = "00388888020205"
const producer = "0388888000009"
const requester = "0377777000008"
/** Serials are twelve digits, in an order that is not that of their ids. */
const first = 100_000_000_000

const world = {
  companies: [
    {
      id: "alder",
      name: "Alder",
      role: "producer",
      identifiers: [{ type: "GLN", value: producer }],
      companyPrefixes: ["0388888"],
      modules: { masterDataShare: "producer", productVerification: "producer" }
    }
  ],
  products: [
    {
      id: "alderol",
      owner: "alder",
      name: "Alderol",
      description: "Alderol",
      productCode: "alderol",
      genericName: "alderol",
      strength: "5 mg",
      dosageForm: "TABLET",
      containerSize: "30",
      companyPrefix: "0388888",
      packagingLevel: "EA",
      dataStatus: "ACTIVE",
      codes: [{ type: "GTIN-14", value: gtin }],
      markets: [{ country: "US" }]
    }
  ],
  dataRules: [
    {
      id: "alder",
      company: "alder",
      masterData: [{ market: "ALL" }],
      verification: [{ market: "US", itemStatuses: ["all"] }]
    }
  ],
  serials: [
    {
      owner: "alder",
      packagingCode: { type: "GTIN-14", value: gtin },
      state: "commissioned",
      itemStatus: "shipped",
      lot: "L1",
      expiry: "301130",
      serials: [`${first}`]
    }
  ]
}

/** The world, and its one number as often as asked for. */
const filled = Effect.fnUntraced(function* (count: number) {
  const sql = yield* SqlClient.SqlClient
  const decoded = yield* Effect.fromResult(World.decode(world))
  yield* WorldImport.run(decoded, { actor: "bench", clock: new Date() })
  // Multiplied by a number that shares no factor with the count, they come in no order.
  yield* sql`
    INSERT INTO serials (document_id, prefix_id, item_id, company_id, location_id, state, lot_id, item_status, attributes, serial)
    SELECT s.document_id, s.prefix_id, s.item_id, s.company_id, s.location_id, s.state, s.lot_id, s.item_status, s.attributes,
      (${BigInt(first)}::int8 + (n::int8 * 7919) % ${BigInt(count)}::int8)::text
    FROM serials s, generate_series(1, ${count - 1}::int4) AS n`
  yield* sql`VACUUM ANALYZE`.unprepared
})

interface Certificates {
  readonly folder: string
  readonly at: (name: string) => string
}

/** An authority, a server and a client, made by openssl. */
const certificates = Effect.acquireRelease(
  Effect.promise(async (): Promise<Certificates> => {
    const folder = await mkdtemp(join(tmpdir(), "throughline-bench-tls-"))
    const at = (name: string) => join(folder, name)
    const openssl = (...args: ReadonlyArray<string>) => execFileSync("openssl", args, { stdio: "ignore" })
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    const authority = ["-keyout", at("authority.key"), "-out", at("authority.pem")]
    openssl("req", ...curve, "-x509", "-days", "2", "-subj", "/CN=bench", ...authority)
    await writeFile(at("names"), "subjectAltName=DNS:localhost\n")
    for (const name of ["server", "client"]) {
      openssl("req", ...curve, "-subj", `/CN=${name}`, "-keyout", at(`${name}.key`), "-out", at(`${name}.csr`))
      const signer = ["-CA", at("authority.pem"), "-CAkey", at("authority.key"), "-CAcreateserial"]
      const files = ["-in", at(`${name}.csr`), "-out", at(`${name}.pem`), "-extfile", at("names")]
      openssl("x509", "-req", "-days", "2", ...signer, ...files)
    }
    return { folder, at }
  }),
  ({ folder }) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

const read = (path: string) => Effect.promise(() => readFile(path, "utf8"))

/** The process under measurement; gives its port. */
const serving = Effect.fnUntraced(function* ({ at }: Certificates) {
  const tls: Server.Tls = {
    certificate: yield* read(at("server.pem")),
    key: yield* read(at("server.key")),
    clientAuthorities: [yield* read(at("authority.pem"))]
  }
  const verification = { providers: { north: { url: "https://localhost", certificates: [{ commonName: "client" }] } } }
  const context = yield* Layer.build(
    Server.layer(LightweightMessaging.routes, { host: "127.0.0.1", port: 0, tls }).pipe(
      Layer.provide([ApiKeys.layer, Verifying.admitted, Verifying.layer]),
      Layer.provide(ConfigFile.layer({ ...ConfigFile.none, verification }))
    )
  )
  const { address } = Context.get(context, HttpServer.HttpServer)
  return "port" in address ? address.port : 0
})

const body = JSON.stringify({
  verificationTimestamp: "2026-11-24T12:00:00.000Z",
  responderGLN: producer,
  data: { verified: true },
  corrUUID: "21EC2020-3AEA-4069-A2DD-08002B30309D"
})

/** A server that knows the answer; gives its port. */
const bareServer = Effect.fnUntraced(function* ({ at }: Certificates) {
  const [cert, key, ca] = yield* Effect.all([read(at("server.pem")), read(at("server.key")), read(at("authority.pem"))])
  const server = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const made = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false }, (_, response) => {
        response.writeHead(200, {
          "content-type": "application/json",
          "cache-control": "private, no-cache",
          "gs1us-version": "1.3.0",
          "content-length": Buffer.byteLength(body)
        })
        response.end(body)
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )
  const address = server.address()
  return typeof address === "object" && address !== null ? address.port : 0
})

const program = fileURLToPath(new URL("VerificationLoad.ts", import.meta.url))

const load = (orders: Orders) =>
  Effect.callback<Measured>((resume) => {
    const child = execFile(process.execPath, [program, JSON.stringify(orders)], (error, out) =>
      resume(error === null ? Effect.succeed(JSON.parse(out)) : Effect.die(error))
    )
    return Effect.sync(() => child.kill())
  })

/** The work of the database alone, by so many fibers; a rate. */
const bareWork = Effect.fnUntraced(function* (fibers: number, seconds: number, count: number) {
  const server = yield* Database.Server
  const main = yield* SqlClient.SqlClient
  const [row] = yield* main<{ readonly name: string }>`SELECT current_database() AS name`
  const piped = yield* PgClient.make({
    url: server.url,
    database: row?.name,
    maxConnections: 2,
    multiplex: true,
    multiplexConcurrency: 128
  }).pipe(Effect.provide(Reactivity.layer))
  const history = yield* HistoryQueries.make
  const record = yield* Grouped.make((entries: ReadonlyArray<Entry>) => history.append(entries), {
    size: 512,
    lanes: 2,
    waiting: 10_000,
    full: () => new Error("full")
  })
  const entry: Entry = {
    at: new Date().toISOString(),
    latencyMicros: 1000,
    outcome: "valid",
    inNetwork: true,
    inPossession: null,
    gtin,
    serial: "",
    lot: "L1",
    expiry: "301130",
    context: "dscsaSaleableReturn",
    requesterGln: requester,
    requester: null,
    askedBy: "north",
    producer: "alder",
    provider: null,
    responderGln: producer,
    scenario: "A1",
    failureReason: null,
    additionalInfo: null,
    corrUuid: "21EC2020-3AEA-4069-A2DD-08002B30309D",
    credential: null,
    email: null,
    telephone: null
  }
  const prefix = `01${gtin}21`
  let done = 0
  const one = Effect.gen(function* () {
    const serial = `${first + Math.floor(Math.random() * count)}`
    yield* piped`SELECT s.state, s.item_status, s.attributes, l.lot, l.expiry, l.extended FROM serials s
      JOIN prefixes p ON p.id = s.prefix_id LEFT JOIN lots l ON l.id = s.lot_id
      WHERE s.serial = ${serial} AND p.prefix = ${prefix}`
    yield* record({ ...entry, serial })
    done++
  })
  const all = Effect.all(
    Array.from({ length: fibers }, () => Effect.forever(one)),
    { concurrency: "unbounded", discard: true }
  )
  yield* Effect.forkScoped(all)
  yield* Effect.sleep("2 seconds")
  const before = done
  yield* Effect.sleep(`${seconds} seconds`)
  return (done - before) / seconds
}, Effect.scoped)

export interface Row {
  readonly connections: number
  readonly full: Measured
  readonly half: Measured
  /** Rates. */
  readonly work: number
  readonly http: number
}

const rounds = 3

/** The round whose rate is the middle one. */
const middle = (measured: ReadonlyArray<Measured>): Measured => {
  const rate = Stage.median(measured.map(({ perSecond }) => perSecond))
  return measured.find(({ perSecond }) => perSecond === rate) ?? { perSecond: rate, p50: 0, p99: 0, failures: 1 }
}

export interface Result {
  readonly serials: number
  readonly rows: ReadonlyArray<Row>
}

export const run = Effect.fn("Verification.run")(function* (options: {
  readonly serials: number
  readonly seconds: number
  readonly connections: ReadonlyArray<number>
}) {
  const { serials, seconds } = options
  yield* filled(serials)
  const files = yield* certificates
  const port = yield* serving(files)
  const barePort = yield* bareServer(files)
  const orders = {
    certificate: files.at("client.pem"),
    key: files.at("client.key"),
    authority: files.at("authority.pem"),
    seconds,
    gtin,
    requester,
    first,
    count: serials
  }
  const rows: Array<Row> = []
  for (const connections of options.connections) {
    const taken = yield* Effect.forEach(Array.from({ length: rounds }), () =>
      Effect.gen(function* () {
        const full = yield* load({ ...orders, port, connections })
        const work = yield* bareWork(connections, seconds, serials)
        const http = yield* load({ ...orders, port: barePort, connections })
        const half = yield* load({ ...orders, port, connections, rate: full.perSecond / 2 })
        return { full, work, http: http.perSecond, half }
      })
    )
    const failures = taken.reduce((sum, { full, half }) => sum + full.failures + half.failures, 0)
    if (failures > 0) return yield* Effect.die(`${failures} answers were wrong`)
    const full = middle(taken.map((one) => one.full))
    const half = middle(taken.map((one) => one.half))
    const work = Stage.median(taken.map((one) => one.work))
    const http = Stage.median(taken.map((one) => one.http))
    rows.push({ connections, full, half, work, http })
  }
  const result: Result = { serials, rows }
  return result
}, Effect.scoped)

const ms = (value: number): string => `${value.toFixed(1)} ms`
const rate = (value: number): string => `${Math.round(value)}/s`

/** Lines of the results. */
export const rows = ({ serials, rows: all }: Result): ReadonlyArray<string> =>
  all.map(({ connections, full, half, work, http }) => {
    const slower = Math.min(work, http)
    // What a machine whose cores do both allows at most, without any work of ours between them.
    const both = 1 / (1 / work + 1 / http)
    return `| (f) verifications over mTLS, ${serials.toLocaleString("en")} serials, ${connections} connections | ${rate(full.perSecond)}, p50 ${ms(full.p50)}, p99 ${ms(full.p99)}; at half load p50 ${ms(half.p50)}, p99 ${ms(half.p99)} | ${rate(work)} bare look-up and grouped history, ${rate(http)} bare HTTPS server | ${(full.perSecond / slower).toFixed(2)} of the slower, ${(full.perSecond / both).toFixed(2)} of both on the same cores | ≥ 0.7, p99 < 10 ms at half load |`
  })
