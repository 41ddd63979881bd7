/**
 * Real browsers for tests and for trying things out: Debian's Chromium (which stands for Chrome and Edge) and Firefox ESR,
 * headless, each with a profile of its own that is removed afterwards. They end with the process that started them.
 *
 *   node scripts/browsers.ts install   installs both with apt; does nothing where they are there, when there is no apt, or
 *                                      without root, and says so in one line
 *   node scripts/browsers.ts shoot URL FILE [WIDTH]   a picture of a page, as Chromium shows it
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import puppeteer, { type Browser, type Page } from "puppeteer-core"
import * as apt from "./apt.ts"

export const names = ["chromium", "firefox"] as const
export type Name = (typeof names)[number]

/** What the programs are called, the first that is there. */
const programs: Readonly<Record<Name, ReadonlyArray<string>>> = {
  chromium: ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
  firefox: ["firefox-esr", "firefox"]
}

/** The program of a browser; undefined where it is not installed. */
export const find = (name: Name): string | undefined => {
  const folders = ["/usr/bin", ...(process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "")]
  return programs[name]
    .flatMap((program) => folders.map((folder) => join(folder, program)))
    .find((path) => existsSync(path))
}

/** Installs what is missing where that is our right; gives the browsers that are missing still. */
export const install = (): ReadonlyArray<Name> => {
  const missing = () => names.filter((name) => find(name) === undefined)
  if (missing().length > 0) apt.install("chromium", "firefox-esr")
  return missing()
}

/** It asks nobody on the network for anything, and needs neither a screen nor a kernel that lets root have sandboxes. */
const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

/** The same for Firefox, which takes settings instead of flags. */
const firefoxSettings = {
  "app.update.disabledForTesting": true,
  "browser.newtabpage.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false
}

export interface Started {
  readonly browser: Browser
  /** A page without cookies and cache of others, in this many CSS pixels. */
  readonly page: (width: number, height: number) => Promise<Page>
  readonly stop: () => Promise<void>
}

/** Starts a browser. Fails when it is not installed. */
export const start = async (name: Name): Promise<Started> => {
  const executablePath = find(name)
  if (executablePath === undefined) throw new Error(`${name} is not installed: node scripts/browsers.ts install`)
  const userDataDir = mkdtempSync(join(tmpdir(), `throughline-${name}-`))
  const common = { executablePath, userDataDir, headless: true }
  const browser = await (name === "chromium"
    ? puppeteer.launch({ ...common, browser: "chrome", args: chromiumArguments })
    : puppeteer.launch({ ...common, browser: "firefox", extraPrefsFirefox: firefoxSettings }))
  return {
    browser,
    page: async (width, height) => {
      const context = await browser.createBrowserContext()
      const page = await context.newPage()
      await page.setViewport({ width, height })
      return page
    },
    stop: async () => {
      await browser.close()
      rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

const shoot = async (url: string, file: `${string}.png`, width: number) => {
  const started = await start("chromium")
  const page = await started.page(width, 900)
  await page.goto(url, { waitUntil: "networkidle0" })
  mkdirSync(join(file, ".."), { recursive: true })
  await page.screenshot({ path: file, fullPage: true })
  await started.stop()
}

const main = async ([command, url, file, width = "1280"]: ReadonlyArray<string>) => {
  const missing = install()
  if (missing.length > 0) {
    console.error(`Not installed: ${missing.join(", ")}. On Debian, as root: apt-get install chromium firefox-esr`)
  }
  if (command === "shoot" && url !== undefined && file !== undefined)
    await shoot(url, `${file.replace(/\.png$/u, "")}.png`, Number(width))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
