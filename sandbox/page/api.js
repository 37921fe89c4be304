// Talking to the sandbox: asking, doing, and hearing of everything that happens.
import { toast } from './dom.js';
import { words } from './words.js';

export async function ask(path) {
  const answer = await fetch(`/sandbox${path}`);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
  return body;
}

// Does something as a person; a failure is told to the reader and answered with null.
export async function act(name, body) {
  const form = body instanceof FormData;
  const options = form ? { body } : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  try {
    const answer = await fetch(`/sandbox/${name}`, { method: 'POST', ...options });
    const result = await answer.json();
    if (answer.ok) return result;
    toast(`${words.failed}: ${result.error}`);
  } catch {
    toast(words.offline);
  }
  return null;
}

export function fileUrl(file) {
  return `/sandbox/files/${encodeURIComponent(file.id)}`;
}

export function listen(after, { fact, reset, online }) {
  const source = new EventSource(`/sandbox/events?after=${after}`);
  source.onmessage = (event) => fact(JSON.parse(event.data));
  source.addEventListener('reset', reset);
  source.onopen = () => online(true);
  source.onerror = () => online(false);
}

const names = new Map();
let wanted = new Set();
let asking;

export function remember(id, name) {
  names.set(Number(id), name);
}

// The name of a person or bot; an unknown one is asked for, and `then` called when it is there.
export function nameOf(id, then) {
  const known = names.get(id);
  if (known === undefined && then) {
    wanted.add(id);
    asking ??= Promise.resolve().then(fetchNames);
    asking.then(then);
  }
  return known ?? '…';
}

async function fetchNames() {
  const ids = [...wanted];
  wanted = new Set();
  asking = undefined;
  const found = await ask(`/names?ids=${ids.join(',')}`);
  for (const id of ids) remember(id, found.names[id] ?? '?');
}
