/** The verification page in real browsers over the real server: signing in, a scanner's keys, answers, phone width, axe. */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "puppeteer-core"
import { gtin, lot, startedWithPacks } from "../api/VerificationWorld.ts"
import { browser, describeIn, textOf, until, violations } from "./Browser.ts"

/** A browser on a busy machine takes its time. */
const patience = 120_000

/** Types a code as a scanner does: fast, FNC1 as the key it is set to, and the key that ends it. */
const scan = async (page: Page, serial: string, fnc1: () => Promise<void>, end: "Enter" | "Tab") => {
  await page.keyboard.type(`]d201${gtin}21${serial}`)
  await fnc1()
  await page.keyboard.type(`1727123110${lot}`)
  await page.keyboard.press(end)
}

const controlBracket = (page: Page) => async () => {
  await page.keyboard.down("Control")
  await page.keyboard.press("BracketRight")
  await page.keyboard.up("Control")
}

describeIn("the verification page", (name) => {
  const opened = Effect.gen(function* () {
    const { base, keyFor, keys } = yield* startedWithPacks
    const key = yield* keyFor("dogwood", ["verify"])
    const started = yield* browser(name)
    const open = (width = 1280) =>
      Effect.promise(async () => {
        const page = await started.page(width, 800)
        const faults: Array<string> = []
        page.on("pageerror", (error) => void faults.push(String(error)))
        page.on("console", (message) => void (message.type() === "error" && faults.push(message.text())))
        await page.goto(`${base}/console`)
        await page.waitForSelector("#key")
        return { page, faults }
      })
    const signIn = (page: Page, as = key) =>
      Effect.promise(async () => {
        await page.type("#key", as)
        await page.keyboard.press("Enter")
        await page.waitForSelector("#scan")
      })
    return { base, key, keys, open, signIn }
  })

  it.live(
    "signs people in with a key, keeps it from scripts, and out again",
    () =>
      Effect.gen(function* () {
        const { base, open, signIn } = yield* opened
        const { page } = yield* open()
        yield* Effect.promise(async () => {
          await page.type("#key", "tl_nonsense")
          await page.keyboard.press("Enter")
          await until(page, "#key-problem", "This is no key")
          assert.deepStrictEqual(await violations(page), [])
          await page.evaluate(`document.querySelector("#key").value = ""`)
          await page.reload()
          await page.waitForSelector("#key")
        })
        yield* signIn(page)
        yield* Effect.promise(async () => {
          assert.strictEqual(await textOf(page, ".who span"), "Dogwood")
          assert.strictEqual(await page.evaluate("document.cookie"), "")
          assert.strictEqual(await page.evaluate("Object.keys({ ...localStorage, ...sessionStorage }).length"), 0)
          await page.reload()
          await page.waitForSelector("#scan")
          // The cookie alone is not enough: a request that does not come from the console is nobody's.
          assert.strictEqual(await page.evaluate(`fetch("${base}/v1/me").then(({ status }) => status)`), 401)
          await page.click(".who button")
          await page.waitForSelector("#key")
          await page.reload()
          await page.waitForSelector("#key")
        })
      }),
    patience
  )

  it.live(
    "takes what a scanner types, however it says FNC1 and ends, and answers in words",
    () =>
      Effect.gen(function* () {
        const { open, signIn } = yield* opened
        const { page, faults } = yield* open()
        yield* signIn(page)
        yield* Effect.promise(async () => {
          await scan(page, "1001", controlBracket(page), "Enter")
          await until(page, ".result", "Verified")
          assert.strictEqual(await page.evaluate(`document.querySelector(".result").dataset.tone`), "good")
          assert.include(await textOf(page, ".result dl"), "2027-12-31")
          assert.deepStrictEqual(await violations(page), [])

          await scan(page, "9", () => page.keyboard.press("F8"), "Tab")
          await until(page, ".result", "Not verified")
          assert.include(await textOf(page, ".result"), "knows no such serial number")
          assert.strictEqual(await page.evaluate("document.activeElement.id"), "scan")
          assert.strictEqual(await page.evaluate(`document.querySelector("#scan").value`), "")
          assert.deepStrictEqual(await violations(page), [])

          // Wherever the focus is, a scanner's keys arrive in the field.
          await page.evaluate("document.activeElement.blur()")
          await scan(page, "2001", () => page.keyboard.sendCharacter("\u001d"), "Enter")
          await until(page, ".result", "recalled")

          await page.keyboard.type(`01${gtin}21${"1001"}`)
          await page.keyboard.press("Enter")
          await until(page, ".result", "Code incomplete")
          assert.include(await textOf(page, ".result"), "lot number (10)")
          assert.include(await textOf(page, ".result"), "expiration date (17)")

          await until(page, ".recent", "Not verified")
          const words: unknown = await page.evaluate(
            `[...document.querySelectorAll(".recent .pack b")].map(({ textContent }) => textContent)`
          )
          assert.deepStrictEqual(words, ["2001", "9", "1001"])
          // A box ticked or a reason chosen is no place to type a code, nor is a button pressed.
          await page.click(".choices input")
          await scan(page, "1003", controlBracket(page), "Enter")
          await until(page, ".recent", "1003")
          await page.focus(".choices select")
          await page.keyboard.type("EX1004")
          assert.strictEqual(await page.evaluate(`document.querySelector("#scan").value`), "EX1004")
          assert.strictEqual(await page.evaluate(`document.querySelector(".choices select").selectedIndex`), 0)
          await page.evaluate(`document.querySelector("#scan").value = ""`)
          await page.focus("summary")
          await scan(page, "1005", controlBracket(page), "Enter")
          await until(page, ".recent", "1005")
          // Whoever uses the keys can tick and choose as ever.
          await page.focus(".choices input")
          await page.keyboard.type(" ")
          assert.strictEqual(await page.evaluate(`document.querySelector(".choices input").checked`), true)
          await page.focus(".choices select")
          await page.keyboard.press("ArrowDown")
          assert.strictEqual(await page.evaluate(`document.querySelector(".choices select").selectedIndex`), 1)
          assert.strictEqual(await page.evaluate(`document.querySelector("#scan").getAttribute("autocorrect")`), "off")

          // A code that was refused is said by the browser as a failed request, and by nothing else.
          assert.deepStrictEqual(
            faults.filter((text) => !/400|401/u.test(text)),
            []
          )
        })
      }),
    patience
  )

  it.live(
    "stands beside the reference page, which is as easy to use",
    () =>
      Effect.gen(function* () {
        const { base, open } = yield* opened
        for (const width of [1280, 360]) {
          const { page } = yield* open(width)
          yield* Effect.promise(async () => {
            await page.goto(`${base}/docs`)
            assert.deepStrictEqual(await violations(page), [])
            assert.isAtMost(Number(await page.evaluate("document.documentElement.scrollWidth")), width)
          })
        }
      }),
    patience
  )

  it.live(
    "leaves Tab to people, who can do everything by keys",
    () =>
      Effect.gen(function* () {
        const { open, signIn } = yield* opened
        const { page } = yield* open()
        yield* signIn(page)
        yield* Effect.promise(async () => {
          await page.type("#scan", "0100992", { delay: 90 })
          await page.keyboard.press("Tab")
          assert.strictEqual(await textOf(page, ":focus"), "Verify")
          assert.strictEqual(await page.evaluate(`document.querySelector("#scan").value`), "0100992")
          await page.evaluate(`document.querySelector("summary").focus()`)
          await page.keyboard.press("Enter")
          for (const value of [gtin, "1001", lot, "271231"]) {
            await page.keyboard.press("Tab")
            await page.keyboard.type(value)
          }
          assert.deepStrictEqual(await violations(page), [])
          await page.keyboard.press("Enter")
          await until(page, ".result", "Verified")
        })
      }),
    patience
  )

  it.live(
    "misses no key of a code scanned the moment the field appears, and keeps the newest list when an older one comes late",
    () =>
      Effect.gen(function* () {
        const { open, signIn } = yield* opened
        const { page } = yield* open()
        yield* signIn(page)
        yield* Effect.promise(async () => {
          await page.evaluateOnNewDocument(`{
            const ask = window.fetch
            let lists = 0
            window.fetch = async (path, options) => {
              const isFirst = String(path).includes("limit=") && lists++ === 0
              const response = await ask(path, options)
              if (isFirst) {
                await new Promise((resolve) => setTimeout(resolve, 2000))
                window.hasLate = true
              }
              return response
            }
            const looking = new MutationObserver(() => {
              const field = document.querySelector("#scan")
              if (field === null) return
              looking.disconnect()
              window.focusAtFirst = document.activeElement === field
            })
            looking.observe(document, { childList: true, subtree: true })
          }`)
          await page.reload()
          await page.waitForSelector("#scan")
          assert.strictEqual(await page.evaluate("window.focusAtFirst"), true)
          await scan(page, "1001", controlBracket(page), "Enter")
          await until(page, ".recent", "1001")
          await page.waitForFunction("window.hasLate")
          await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
          assert.include(await textOf(page, ".recent"), "1001")
        })
      }),
    patience
  )

  it.live(
    "fits a phone, and says when nobody answers or the key is gone",
    () =>
      Effect.gen(function* () {
        const { open, signIn, keys } = yield* opened
        const { page } = yield* open(360)
        yield* signIn(page)
        yield* Effect.promise(async () => {
          await scan(page, "1001", controlBracket(page), "Enter")
          await until(page, ".recent", "1001")
          assert.isAtMost(Number(await page.evaluate("document.documentElement.scrollWidth")), 360)
          // A number broken in two is read wrong.
          const lines = `[...document.querySelectorAll(".result dd")].map((dd) => dd.offsetHeight).filter((px) => px > 30)`
          assert.deepStrictEqual(await page.evaluate(lines), [])
          assert.deepStrictEqual(await violations(page), [])
          // Firefox cannot be told this way which colours its user prefers.
          if (name === "chromium") {
            await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }])
            assert.deepStrictEqual(await violations(page), [])
          }
          await page.evaluate(`void (window.fetch = () => Promise.reject(new Error("down")))`)
          await scan(page, "1002", controlBracket(page), "Enter")
          await until(page, ".result", "The server does not answer")
          await page.reload()
          await page.waitForSelector("#scan")
        })
        const [key] = yield* keys.list("dogwood")
        yield* keys.revoke(key?.id ?? "", "test")
        yield* Effect.promise(async () => {
          await scan(page, "1003", controlBracket(page), "Enter")
          await page.waitForSelector("#key")
        })
      }),
    patience
  )
})
