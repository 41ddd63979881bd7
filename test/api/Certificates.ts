/** Certificates for tests, made by `openssl` in a folder that is gone afterwards: an authority, and what it or nobody signed. */
import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { Effect } from "effect"

const run = promisify(execFile)

export interface Certificate {
  readonly certificate: string
  readonly key: string
  readonly certificateFile: string
  readonly keyFile: string
}

/** Makes certificates: `authority` signs, `alone` signs itself. */
export const maker = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "throughline-tls-"))),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )
  const at = (name: string) => join(folder, name)

  const made = async (name: string): Promise<Certificate> => ({
    certificate: await readFile(at(`${name}.pem`), "utf8"),
    key: await readFile(at(`${name}.key`), "utf8"),
    certificateFile: at(`${name}.pem`),
    keyFile: at(`${name}.key`)
  })

  const request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

  const alone = (name: string, commonName: string) =>
    Effect.promise(async () => {
      const out = ["-keyout", at(`${name}.key`), "-out", at(`${name}.pem`)]
      await run("openssl", [...request, "-x509", "-days", "2", "-subj", `/CN=${commonName}`, ...out])
      return made(name)
    })

  const signed = (name: string, commonName: string, by: string, days = 2) =>
    Effect.promise(async () => {
      const out = ["-keyout", at(`${name}.key`), "-out", at(`${name}.csr`)]
      await run("openssl", [...request, "-subj", `/CN=${commonName}`, ...out])
      await writeFile(at(`${name}.ext`), "subjectAltName=IP:127.0.0.1,DNS:localhost\n")
      const signer = [
        "-CA",
        at(`${by}.pem`),
        "-CAkey",
        at(`${by}.key`),
        "-CAcreateserial",
        "-extfile",
        at(`${name}.ext`)
      ]
      await run("openssl", [
        "x509",
        "-req",
        "-in",
        at(`${name}.csr`),
        "-days",
        `${days}`,
        ...signer,
        "-out",
        at(`${name}.pem`)
      ])
      return made(name)
    })

  return { folder, alone, signed }
})
