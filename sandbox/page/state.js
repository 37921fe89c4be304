// What the page knows, and where the reader is. The place is in the address, so that it can be
// shared and survives a reload: #as=<person>&chat=<chat>, #as=<person>&wall
import { ask, remember } from './api.js';

export const state = {
  me: null,
  bots: new Map(),
  chats: new Map(),
  chat: null,
  wall: false,
};

const hearers = new Map();

export function on(name, hear) {
  hearers.set(name, [...(hearers.get(name) ?? []), hear]);
}

export function tell(name, given) {
  for (const hear of hearers.get(name) ?? []) hear(given);
}

export function place() {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

export function go(changes) {
  const next = { ...place(), ...changes };
  const parts = Object.entries(next).filter(([, value]) => value !== null && value !== undefined);
  location.hash = parts.map(([key, value]) => (value === '' ? key : `${key}=${encodeURIComponent(value)}`)).join('&');
}

export async function become(id) {
  state.me = id ? await ask(`/people/${id}`).catch(() => null) : null;
  await loadChats();
  tell('me');
}

export async function loadBots() {
  const found = await ask('');
  state.bots = new Map(found.bots.map((bot) => [bot.id, bot]));
  for (const bot of found.bots) remember(bot.id, bot.name);
  return found;
}

export async function loadChats() {
  const rows = state.me ? (await ask(`/people/${state.me.id}/chats`)).chats : [];
  state.chats = new Map(rows.map((row) => [row.id, { ...row, read: row.count - row.unread }]));
  tell('chats');
}

export function unread(row) {
  return Math.max(0, row.count - row.read);
}

// A message in short, as lists show it.
export function short(message, name) {
  const { id, sender, date, text = '', file, service, poll } = message;
  return { id, sender, sender_name: name, date, text: poll?.question ?? text, file, service: service?.kind };
}
