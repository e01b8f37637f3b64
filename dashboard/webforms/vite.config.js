import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

import { VIETNAMESE } from "./src/words.js";

const LIBRARY = /@getodk[\\/]web-forms[\\/]dist[\\/].*\.js$/;
const TILES = '"https://tile.openstreetmap.org/{z}/{x}/{y}.png"';
const BLANK =
  '"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGN4+e4DAAWLAsiCRCD+AAAAAElFTkSuQmCC"';
const CREDIT =
  '\'&#169; <a href="https://www.openstreetmap.org/copyright" target="_blank">OpenStreetMap</a> contributors.\'';
// Where a single word stands as a text that people read, and not as a name in the code.
const BEFORE = /(?:(?:label|title|message|alt): |createTextVNode\(|createElementVNode\("[a-z0-9]+", (?:null|\{[^{}\n]*\}), )$/;

// Maps ask a tile server on the internet: here they have a blank ground. Fonts are those of the
// device. Texts are looked up in words.js.
function asWeNeedIt() {
  const missing = new Set([...Object.keys(VIETNAMESE), TILES, CREDIT, "@font-face"]);
  return {
    name: "khaosat",
    enforce: "pre",
    transform(code, id) {
      if (!LIBRARY.test(id)) return null;
      if (code.includes(TILES)) missing.delete(TILES);
      if (code.includes("@font-face{")) missing.delete("@font-face");
      if (code.includes(CREDIT)) missing.delete(CREDIT);
      let made = code.replaceAll(TILES, BLANK).replaceAll(CREDIT, '""').replaceAll(/@font-face\{[^}]*\}/g, "");
      made = made.replace("`${QA} questions with errors.`", () => {
        missing.delete("questions with errors.");
        return '`${QA} ${khaosatWord("questions with errors.")}`';
      });
      for (const text of Object.keys(VIETNAMESE)) {
        const literal = JSON.stringify(text);
        const isWord = !text.trim().includes(" ");
        made = made.replaceAll(literal, (found, at, whole) => {
          if (isWord && !BEFORE.test(whole.slice(Math.max(0, at - 200), at))) return found;
          missing.delete(text);
          return `khaosatWord(${literal})`;
        });
      }
      return made;
    },
    buildEnd() {
      if (missing.size) throw new Error(`not in the library any more: ${[...missing].join(" | ")}`);
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [asWeNeedIt(), vue()],
  build: {
    target: "es2022",
    outDir: "../static/webforms",
    emptyOutDir: true,
    chunkSizeWarningLimit: 5000,
    rollupOptions: {
      input: "src/index.js",
      output: {
        entryFileNames: "webforms.js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "webforms[extname]",
      },
    },
  },
});
