// The left side: who the reader is, and that person's chats.
import { nameOf } from './api.js';
import { settle } from './conversation.js';
import { avatar, button, eachFrame, fill, h, icon, iconButton, matches } from './dom.js';
import { openLinkDialog, createDialog } from './make.js';
import { gist } from './message.js';
import { choosePerson } from './people.js';
import { badge } from './messenger.js';
import { go, on, short, state, tell, unread } from './state.js';
import { number, when, words } from './words.js';

let list, query, empty;
const drawn = new Map();

export function buildSide() {
  query = h('input', { type: 'search', placeholder: words.searchChats, 'aria-label': words.searchChats, oninput: () => draw() });
  list = h('ul', { class: 'chats', 'aria-label': words.chats });
  empty = h('div', { class: 'hint' });
  fill(document.getElementById('side'),
    h('header', { class: 'me', id: 'me' }),
    h('nav', { class: 'tabs', 'aria-label': words.title },
      tab('chat', words.chats, false), tab('grid', words.wall, true)),
    h('div', { class: 'search' }, icon('search'), query,
      iconButton('link', words.openLink, openLinkDialog),
      iconButton('plus', words.create, createDialog)),
    list, empty);
  drawMe();
}

function tab(sign, label, wall) {
  const open = () => go(wall ? { wall: '', chat: null } : { wall: null });
  return h('button', { type: 'button', 'data-wall': String(wall), onclick: open }, icon(sign), label);
}

export function pickMe() {
  choosePerson(words.chooseRole, words.chooseRoleHint, (person) => go({ as: person.id }));
}

function drawMe() {
  const me = state.me;
  const name = me ? [me.name, me.last_name].filter(Boolean).join(' ') : words.chooseRole;
  fill(document.getElementById('me'),
    h('button', { type: 'button', class: 'me-button', onclick: pickMe, 'aria-haspopup': 'dialog' },
      avatar(name, me?.id ?? 0),
      h('span', {}, h('small', {}, words.youAre), h('strong', {}, name),
        me && h('small', { class: 'dim' }, [me.label, ...(me.folder ?? [])].filter(Boolean).join(' · '))),
      icon('down')));
}

function draw() {
  const rows = [...state.chats.values()]
    .filter((row) => !query.value || matches(query.value, row.title, row.folder.join(' ')))
    .sort((a, b) => (b.last?.date ?? 0) - (a.last?.date ?? 0) || a.title.localeCompare(b.title, 'vi'));
  settle(list, rows.map(row));
  fill(empty, !rows.length && [h('p', {}, state.chats.size ? words.noChatsFound : words.noChats),
    state.me && !state.chats.size && button(words.openLink, openLinkDialog)]);
}

const drawSoon = eachFrame(draw);

function row(chat) {
  const open = state.chat?.id === chat.id;
  const seen = [chat.last, unread(chat), open, chat.title, chat.last && nameOf(chat.last.sender)];
  const old = drawn.get(chat.id);
  if (old && old.seen.every((each, index) => each === seen[index])) return old.element;
  const element = chatRow(chat, open);
  drawn.set(chat.id, { seen, element });
  return element;
}

function chatRow(chat, open) {
  const count = unread(chat);
  return h('li', {}, h('button', { type: 'button', class: 'chat', 'aria-current': open && 'true', onclick: () => go({ chat: chat.id, wall: null }) },
    avatar(chat.title, chat.id, chat.kind === 'private' ? 'round' : ''),
    h('span', { class: 'chat-text' },
      h('span', { class: 'top' }, h('strong', {}, chat.title), chat.last && h('time', {}, when(chat.last.date))),
      h('span', { class: 'top' }, badge(chat), h('span', { class: 'gist' }, lastLine(chat)),
        count > 0 && h('span', { class: 'count' }, count > 99 ? '99+' : number(count))))));
}

export function lastLine({ last, kind }) {
  if (!last) return words.noMessages;
  if (last.service) return words.service[last.service](nameOf(last.sender, drawSoon), '').trim();
  const by = last.sender === state.me?.id ? words.you : kind === 'private' ? '' : nameOf(last.sender, drawSoon);
  return by ? `${by}: ${gist(last)}` : gist(last);
}

export function sideFact({ fact, data }) {
  if (fact === 'Posted' || fact === 'Edited') heard(fact, data.message);
}

function heard(fact, message) {
  const chat = state.chats.get(message.chat);
  if (!chat) return;
  if (fact === 'Edited' && chat.last?.id !== message.id) return;
  chat.last = short(message, nameOf(message.sender));
  chat.count = Math.max(chat.count, message.id);
  if (message.sender === state.me?.id) chat.read = chat.count;
  tell('chats');
}

export function drawTabs() {
  for (const each of document.querySelectorAll('.tabs button')) {
    each.setAttribute('aria-pressed', String(each.dataset.wall === String(state.wall)));
  }
}

on('me', drawMe);
on('chats', drawSoon);
on('chat', drawSoon);
