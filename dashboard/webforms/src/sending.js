// One record to the server: every part of it, again and again if need be.
const STORED = new Set([201, 202]);

export class NotSent extends Error {
  constructor(message, isFinal, seconds) {
    super(message);
    this.isFinal = isFinal; // sending it again would not help
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
    throw new NotSent(config.words.noNetwork, false, 0);
  }
  const text = await reply.text();
  const root = new DOMParser().parseFromString(text, "text/xml");
  const said = root.getElementsByTagName("message")[0]?.textContent ?? "";
  if (STORED.has(reply.status)) return said;
  const seconds = Number(reply.headers.get("Retry-After")) || 0;
  const isFinal = reply.status === 409 || reply.status === 400;
  throw new NotSent(said || config.words.failed, isFinal, seconds);
}
