import { existsSync } from "node:fs"
import { defineConfig } from "vitest/config"

const globalSetup = ["test/store/globalSetup.ts"].filter((file) => existsSync(file))

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup,
    // Processes, not threads: tests start servers, change signals and load WebAssembly.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
