import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/store/globalSetup.ts", "test/channels/brokerSetup.ts"],
    // Processes, not threads: tests start servers, change signals and load WebAssembly.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})
