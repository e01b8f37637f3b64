// Stands before the library, whose texts ask for their Vietnamese when they are first used.
import { VIETNAMESE } from "./words.js";

export const isVietnamese = document.documentElement.lang !== "en";
globalThis.khaosatWord = (text) => (isVietnamese && VIETNAMESE[text]) || text;
