import "./page.css";
import { OdkWebForm, webFormsPlugin } from "@getodk/web-forms";
import { createApp, h } from "vue";

import { isVietnamese } from "./language.js";
import { asEntry, send } from "./sending.js";
import { forget, keep, waiting } from "./outbox.js";
import { CALENDAR } from "./words.js";

const MOST_BYTES_AT_ONCE = 5_000_000;
const RETRY_MS = 30_000;

const config = JSON.parse(document.getElementById("webform-config").textContent);
config.deviceId = deviceId();
const place = (id) => document.getElementById(id);
let isOccupied = false;
let underway = null;

function stored(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing
  }
  return value ?? null;
}

function deviceId() {
  const known = stored("khaosat-device");
  return known ?? stored("khaosat-device", `web:${crypto.randomUUID?.() ?? String(Math.random()).slice(2)}`);
}

function show(...names) {
  for (const each of document.querySelectorAll("[data-state]")) {
    each.hidden = !names.includes(each.dataset.state);
  }
  window.scrollTo(0, 0);
}

function receiptOf(id) {
  return id.replace(/^uuid:/, "").slice(0, 8).toUpperCase();
}

function thank(entry, said) {
  place("receipt").textContent = receiptOf(entry.id);
  place("said").textContent = said;
  if (config.once) stored(`khaosat-sent-${config.link}`, entry.id);
  show("sent");
  place("thanks").focus();
}

// One form at a time is on its way for the reader: a second tap does nothing.
async function occupied(work) {
  if (isOccupied) return;
  isOccupied = true;
  try {
    await work();
  } finally {
    isOccupied = false;
  }
}

// One request at a time: what goes quietly is waited for.
async function alone(work) {
  while (underway) await underway.catch(() => null);
  underway = work();
  try {
    return await underway;
  } finally {
    underway = null;
  }
}

async function deliver(entry) {
  show("sending");
  try {
    const said = await alone(() => send(entry, config));
    await forget(entry.id);
    thank(entry, said);
  } catch (fault) {
    place("why").textContent = fault.message;
    place("kept-receipt").textContent = receiptOf(entry.id);
    place("again").onclick = () => attempt(entry);
    place("drop").hidden = !fault.isRefused;
    place("drop").onclick = async () => {
      await forget(entry.id);
      window.location.reload();
    };
    show("unsent");
    if (!fault.isFinal) {
      const wait = Math.max(RETRY_MS, fault.seconds * 1000);
      setTimeout(() => place("again").offsetParent && attempt(entry), wait);
    }
  }
}

function attempt(entry) {
  return occupied(() => deliver(entry));
}

async function onSubmitChunked(payload) {
  if (payload.status !== "ready") return;
  await occupied(async () => {
    show("sending");
    const entry = await asEntry(config.link, payload);
    await keep(entry);
    await deliver(entry);
  });
}

// Answers that the link or the address gives beforehand: the desk's code, the receipt's number.
function prefill(form) {
  const asked = [...new URLSearchParams(window.location.search)]
    .map(([name, value]) => [/^d\[(?:.*\/)?([^\]/]+)\]$/.exec(name)?.[1], value])
    .filter(([name]) => name && config.fillable.includes(name));
  const answers = { ...Object.fromEntries(asked), ...config.prefill };
  const root = form.querySelector("model > instance > *");
  for (const [name, value] of Object.entries(answers)) {
    for (const field of root?.getElementsByTagName(name) ?? []) {
      if (!field.children.length) field.textContent = value;
    }
  }
}

// The questions begin in the language of the page, where the form has it: "Tiếng Việt (vi)".
function speak(form, code) {
  const translations = [...form.getElementsByTagName("translation")];
  const wanted = translations.find((each) => {
    const name = each.getAttribute("lang") ?? "";
    return name === code || name.endsWith(`(${code})`);
  });
  if (!wanted) return;
  for (const each of translations) each.removeAttribute("default");
  wanted.setAttribute("default", "true()");
}

function prepared(xml) {
  const form = new DOMParser().parseFromString(xml, "text/xml");
  prefill(form);
  speak(form, document.documentElement.lang);
  return new XMLSerializer().serializeToString(form);
}

let formXml = "";
let app = null;

async function fill() {
  const options = { headers: config.headers, credentials: "omit" };
  if (!formXml) {
    const reply = await fetch(config.form, options);
    if (!reply.ok) throw new Error(`form: ${reply.status}`);
    formXml = prepared(await reply.text());
  }
  const props = {
    formXml,
    missingResourceBehavior: "BLANK",
    submissionMaxSize: MOST_BYTES_AT_ONCE,
    preloadProperties: { deviceID: config.deviceId, username: config.sender },
    fetchFormAttachment: (url) =>
      fetch(config.media + encodeURIComponent(decodeURIComponent(url.pathname.split("/").pop())), options),
    onSubmitChunked,
  };
  app?.unmount();
  app = createApp({ render: () => h(OdkWebForm, props) }).use(webFormsPlugin);
  const prime = app.config.globalProperties.$primevue;
  if (isVietnamese && prime) Object.assign(prime.config.locale, CALENDAR);
  show("form");
  app.mount("#webform");
  await tellOfKept();
}

async function tellOfKept() {
  const kept = await waiting(config.link);
  place("kept-count").textContent = kept.length;
  place("kept-note").hidden = !kept.length;
}

// While somebody fills the next form: what others could not send goes without disturbing.
async function sendQuietly() {
  if (isOccupied || place("again").offsetParent) return;
  try {
    for (const entry of await waiting(config.link)) {
      await alone(() => send(entry, config));
      await forget(entry.id);
    }
  } catch {
    // later
  }
  await tellOfKept();
}

async function load() {
  if (config.once && stored(`khaosat-sent-${config.link}`)) {
    show("once");
    return;
  }
  const [unsent] = await waiting(config.link);
  await (unsent ? attempt(unsent) : fill());
}

async function start(work) {
  show("loading");
  try {
    await work();
  } catch (fault) {
    console.warn(fault);
    show("unloaded");
  }
}

window.addEventListener("online", () => {
  if (place("again").offsetParent) place("again").click();
  else sendQuietly();
});
setInterval(sendQuietly, RETRY_MS);
place("another").addEventListener("click", () => start(fill));
window.addEventListener("beforeunload", (event) => {
  if (isOccupied) event.preventDefault();
});
for (const each of document.querySelectorAll("[data-reload]")) {
  each.addEventListener("click", () => window.location.reload());
}
start(load);
