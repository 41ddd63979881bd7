/**
 * The flag `--config`, which every command has. Apart from `ConfigFile`, so that a command that needs no configuration
 * does not load what is needed to read one.
 */
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"

export const configFlag = GlobalFlag.Setting("config")({
  flag: Flag.String("config").pipe(
    Flag.withDescription(
      "Configuration file; throughline.yaml in the working folder where there is one, or THROUGHLINE_CONFIG"
    ),
    Flag.withMetavar("FILE"),
    Flag.optional
  )
})
