/** The console's one page: an empty place, and the files that fill it. Nothing in it is inline. Pure. */
import type { Asset } from "./Assets.ts"

/** Where the files are. */
export const folder = "/console/assets"

/** What the page may load and do: its own files, its own server, nothing else. */
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'"
].join("; ")

/** All modules are fetched at once instead of one after another as they import each other. */
export const html = (assets: Iterable<Asset>): string => {
  const modules = [...assets].filter(({ type }) => type.startsWith("text/javascript")).map(({ name }) => name)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Throughline</title>
<link rel="stylesheet" href="${folder}/style.css">
<link rel="icon" href="${folder}/icon.svg">
${modules.map((name) => `<link rel="modulepreload" href="${folder}/${name}">`).join("\n")}
<script type="module" src="${folder}/Main.ts"></script>
</head>
<body>
<div id="console"></div>
<noscript><p>The console needs JavaScript.</p></noscript>
</body>
</html>
`
}
