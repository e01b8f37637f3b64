// One record to the server: every part of it, again and again if need be.
const STORED = new Set([201, 202]);
const FINAL = new Set([400, 409, 413]); // the same bytes again would get the same answer
const PASSING = new Set([408, 429]);

export class NotSent extends Error {
  constructor(message, status = 0, seconds = 0) {
    super(message);
    this.isFinal = FINAL.has(status);
    this.isRefused = status >= 400 && status < 500 && !PASSING.has(status);
    this.seconds = seconds;
  }
}

export async function asEntry(link, payload) {
  const parts = payload.data.map((form) =>
    [...form.entries()].map(([name, value]) => ({ name, value, file: value.name ?? "" })),
  );
  const xml = await payload.data[0].get("xml_submission_file").text();
  const id = /<(?:\w+:)?instanceID>([^<]+)</.exec(xml)?.[1] ?? crypto.randomUUID();
  return { id, link, parts, at: Date.now() };
}

export async function send(entry, config) {
  let said = "";
  for (const part of entry.parts) {
    const body = new FormData();
    for (const { name, value, file } of part) {
      if (file) body.append(name, value, file);
      else body.append(name, value);
    }
    said = await post(body, config);
  }
  return said;
}

async function post(body, config) {
  let reply;
  try {
    const address = `${config.submit}?deviceID=${encodeURIComponent(config.deviceId)}`;
    reply = await fetch(address, { method: "POST", body, headers: config.headers, credentials: "omit" });
  } catch {
    throw new NotSent(config.words.noNetwork);
  }
  const text = await reply.text();
  const root = new DOMParser().parseFromString(text, "text/xml");
  const said = root.getElementsByTagName("message")[0]?.textContent ?? "";
  if (STORED.has(reply.status)) return said;
  const seconds = Number(reply.headers.get("Retry-After")) || 0;
  throw new NotSent(said || config.words.failed, reply.status, seconds);
}
