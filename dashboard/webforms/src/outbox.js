// What was filled and not sent yet, kept on the device until the server has it. The bytes stay as
// they are: sent twice, they are the same record.
const NAME = "khaosat-webforms";
const memory = new Map(); // where a browser keeps nothing (private windows)

function opened() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function inStore(mode, act) {
  const database = await opened();
  try {
    return await new Promise((done, failed) => {
      const transaction = database.transaction("outbox", mode);
      const asked = act(transaction.objectStore("outbox"));
      transaction.oncomplete = () => done(asked.result);
      transaction.onerror = transaction.onabort = () => failed(transaction.error);
    });
  } finally {
    database.close();
  }
}

export async function keep(entry) {
  memory.set(entry.id, entry);
  try {
    await inStore("readwrite", (store) => store.put(entry));
  } catch {
    // it stays in memory as long as the page is open
  }
}

export async function forget(id) {
  memory.delete(id);
  try {
    await inStore("readwrite", (store) => store.delete(id));
  } catch {
    // nothing was kept
  }
}

export async function waiting(link) {
  let kept = [];
  try {
    kept = await inStore("readonly", (store) => store.getAll());
  } catch {
    // nothing was kept
  }
  const all = new Map([...kept.map((entry) => [entry.id, entry]), ...memory]);
  return [...all.values()].filter((entry) => entry.link === link);
}
