// Beside the bundle: the licence of every package that may be in it, and checksums of the files.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const OUT = "../static/webforms";
const OWN = new Set(["LICENSES.txt", "SHA256SUMS"]);
const TOOLS = new RegExp(
  "^(?:vite|rolldown|@rolldown/|@oxc-|lightningcss|postcss|@vitejs/|@babel/|@types/|@jridgewell/|" +
    "tinyglobby|picomatch|fdir|csstype|detect-libc|magic-string|source-map-js|nanoid|picocolors|" +
    "estree-walker|entities|@vue/(?:compiler|server))",
);

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const said = [
  "Licences of what is bundled here. @getodk/web-forms is Apache-2.0: its text is the file LICENSE",
  "of this project. It brings further parts of its own, without files of their own: PrimeVue,",
  "PrimeFlex, Solid, ramda, tree-sitter and Papa Parse, all under the MIT licence.",
  "",
];
for (const [path, entry] of Object.entries(lock.packages)) {
  const name = path.split("node_modules/").pop();
  if (!name || TOOLS.test(name) || entry.optional) continue;
  let text = "";
  try {
    const file = readdirSync(path).find((each) => /^licen[cs]e/i.test(each));
    if (file) text = readFileSync(join(path, file), "utf8").trim();
  } catch {
    // not installed here
  }
  said.push("=".repeat(72), `${name} ${entry.version} (${entry.license})`, "", text, "");
}
writeFileSync(join(OUT, "LICENSES.txt"), said.join("\n"));
const files = readdirSync(OUT).filter((each) => !OWN.has(each)).sort();
const sums = files.map((each) => {
  const sum = createHash("sha256").update(readFileSync(join(OUT, each))).digest("hex");
  return `${sum}  ${each}`;
});
writeFileSync(join(OUT, "SHA256SUMS"), `${sums.join("\n")}\n`);
