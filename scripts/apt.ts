/**
 * Installs Debian's packages where that is our right: as root, with apt-get. Quiet; no service is started, whatever a
 * package would like to start. Never throws: false says that it could not be done.
 */
import { spawnSync } from "node:child_process"
import { existsSync, rmSync, writeFileSync } from "node:fs"

const program = "/usr/bin/apt-get"

/** Why packages cannot be installed here; undefined when they can. */
export const obstacle = (): string | undefined => {
  if (!existsSync(program)) return "there is no apt to install it with"
  return process.getuid?.() === 0 ? undefined : "only root may install it"
}

const apt = (...args: ReadonlyArray<string>): boolean =>
  spawnSync(program, ["-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    stdio: "ignore",
    timeout: 600_000
  }).status === 0

/** Keeps packages from starting their services, unless the machine says something about that already. */
const withoutServices = (work: () => boolean): boolean => {
  const policy = "/usr/sbin/policy-rc.d"
  if (existsSync(policy)) return work()
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 })
  try {
    return work()
  } finally {
    rmSync(policy, { force: true })
  }
}

/** A package list from the image may be good enough; when it is not, once more with a fresh one. */
export const install = (...packages: ReadonlyArray<string>): boolean => {
  if (obstacle() !== undefined) return false
  const args = ["install", "-y", "--no-install-recommends", ...packages]
  return withoutServices(() => apt(...args) || (apt("update") && apt(...args)))
}
