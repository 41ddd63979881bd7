/** Real browsers in tests: `describeIn` runs its tests in each of them, and says so where one is not installed. */
import axe from "axe-core"
import { Effect } from "effect"
import type { Page } from "puppeteer-core"
import { describe } from "vitest"
import * as Browsers from "../../scripts/browsers.ts"

const isCi = !["", "0", "false"].includes(process.env["CI"] ?? "")

/** Tests that need a browser, once for each. */
export const describeIn = (title: string, tests: (name: Browsers.Name) => void): void => {
  for (const name of Browsers.names) {
    const isThere = Browsers.find(name) !== undefined
    const why = isThere ? "" : ` (skipped: ${name} is not installed; as root: node scripts/browsers.ts install)`
    describe.skipIf(!isThere && !isCi)(`${title} in ${name}${why}`, () => tests(name))
  }
}

/** A browser for as long as the scope is open. */
export const browser = (name: Browsers.Name) =>
  Effect.acquireRelease(
    Effect.promise(() => Browsers.start(name)),
    ({ stop }) => Effect.promise(stop)
  )

/** What axe finds wrong with the page as it stands, each with where. */
export const violations = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axe.source)
  const found: unknown = await page.evaluate(`axe.run().then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + " " + target.join(" "))))`)
  return Array.isArray(found) ? found.map(String) : [String(found)]
}

/** The text of the first element that fits; empty when there is none. */
export const textOf = async (page: Page, selector: string): Promise<string> =>
  String(await page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ""`))

/** Waits until an element's text fits. */
export const until = (page: Page, selector: string, text: string) =>
  page.waitForFunction(
    `(document.querySelector(${JSON.stringify(selector)})?.textContent ?? "").includes(${JSON.stringify(text)})`
  )
