// The middle of the page: one chat, its messages and the composer.
import { act, ask, nameOf, remember } from './api.js';
import { composer, closeTo } from './composer.js';
import { avatar, dialog, eachFrame, fill, h, icon, iconButton, toast } from './dom.js';
import { bubble, gist } from './message.js';
import { badge } from './messenger.js';
import { go, on, state, tell } from './state.js';
import { day, words } from './words.js';

const PAGE = 50;
const REFRESHING = new Set(['Joined', 'Left', 'Pinned', 'Blocked', 'Unblocked', 'Followed', 'Unfollowed', 'Arranged', 'Dissolved']);
let messages = new Map();
let drawn = new Map();
let list, scroller, more, oldest, atEnd;
const stayAtEnd = new ResizeObserver(() => { if (atEnd) scroller.scrollTop = scroller.scrollHeight; });
const pressed = new Map();

export async function openChat(id) {
  const detail = await ask(`/chats/${encodeURIComponent(id)}`).catch((error) => toast(error.message));
  if (!detail) return go({ chat: null });
  for (const member of detail.members) remember(member.id, member.name);
  state.chat = detail;
  messages = new Map();
  drawn = new Map();
  oldest = Infinity;
  build();
  await loadOlder();
  drawComposer();
  toEnd();
  markRead();
  tell('chat');
}

export async function refreshChat() {
  if (!state.chat) return;
  const detail = await ask(`/chats/${encodeURIComponent(state.chat.id)}`);
  if (detail.id !== state.chat?.id) return;
  for (const member of detail.members) remember(member.id, member.name);
  state.chat = detail;
  fill(document.getElementById('chat-head'), head());
  fill(document.getElementById('pinned'), pinned());
  drawComposer();
  drawSoon();
  tell('chat');
}

export function closeChat() {
  state.chat = null;
  fill(document.getElementById('main'),
    h('div', { class: 'nothing' }, h('h2', {}, words.pickChat), h('p', {}, words.pickChatHint)));
  tell('chat');
}

function build() {
  list = h('ol', { class: 'messages', 'aria-live': 'polite', 'aria-label': state.chat.title });
  more = h('button', { type: 'button', class: 'more', hidden: true, onclick: toEnd }, words.newMessages);
  scroller = h('div', { class: 'scroller', onscroll: scrolled, tabindex: '0' }, list);
  fill(document.getElementById('main'),
    h('header', { id: 'chat-head', class: 'head' }, head()),
    h('div', { id: 'pinned' }, pinned()),
    h('div', { class: 'stream' }, scroller, more),
    h('div', { id: 'composer' }));
  stayAtEnd.disconnect();
  stayAtEnd.observe(list);
  stayAtEnd.observe(scroller);
}

function drawComposer() {
  fill(document.getElementById('composer'), composer(messages));
}

function head() {
  const chat = state.chat;
  const below = chat.kind === 'private' ? words.privateWithBot : words.memberCount(chat.member_count);
  return [
    iconButton('back', words.back, () => go({ chat: null }), 'narrow-only'),
    avatar(chat.title, chat.id),
    h('div', { class: 'head-text' }, h('h2', {}, chat.title),
      h('p', {}, badge(chat), [below, ...chat.folder].join(' · '))),
    iconButton('info', words.chatInfo, () => tell('info')),
  ];
}

function pinned() {
  const message = state.chat.pinned;
  return message && h('button', { type: 'button', class: 'pinned', onclick: () => jump(message.id) },
    icon('pin'), h('span', {}, h('strong', {}, words.pinned), h('span', {}, gist(message))));
}

async function loadOlder() {
  const chat = state.chat;
  const before = Number.isFinite(oldest) ? `&before=${oldest}` : '';
  const page = await ask(`/chats/${encodeURIComponent(chat.id)}/messages?limit=${PAGE}${before}`);
  if (chat !== state.chat) return;
  for (const message of page.messages) remember(message.sender, message.sender_name);
  messages = new Map([...page.messages.map((message) => [message.id, message]), ...messages]);
  oldest = page.messages.length < PAGE ? 0 : page.messages[0].id;
  const height = scroller.scrollHeight - scroller.scrollTop;
  draw();
  scroller.scrollTop = scroller.scrollHeight - height;
}

let loading = false;

async function scrolled() {
  atEnd = closeTo(scroller);
  if (atEnd) more.hidden = true;
  if (scroller.scrollTop > 200 || loading || !oldest || !Number.isFinite(oldest)) return;
  loading = true;
  await loadOlder().finally(() => { loading = false; });
}

function toEnd() {
  atEnd = true;
  scroller.scrollTop = scroller.scrollHeight;
  more.hidden = true;
}

function draw() {
  const wanted = [];
  let last = null;
  for (const message of messages.values()) {
    if (!last || day(last.date) !== day(message.date)) wanted.push(separator(message));
    wanted.push(element(message, isFirst(message, last)));
    last = message;
  }
  settle(list, wanted);
}

const drawSoon = eachFrame(() => state.chat && list && draw());

function isFirst(message, last) {
  return !last || last.sender !== message.sender || Boolean(last.service) || message.date - last.date > 600 || day(last.date) !== day(message.date);
}

function separator(message) {
  return kept(`day ${day(message.date)}`, day(message.date), () => h('li', { class: 'service day' }, h('span', {}, day(message.date))));
}

function element(message, first) {
  const answered = messages.get(message.reply_to);
  const names = [message.sender, ...(message.service?.users ?? [])].map((id) => nameOf(id)).join();
  const seen = [message, first, answered, state.me?.id, names];
  return kept(message.id, seen, () => bubble(message, { first, answered, redraw: drawSoon }));
}

// An element stays the same as long as what it shows does.
function kept(key, seen, make) {
  const old = drawn.get(key);
  if (old && [seen].flat().every((each, index) => each === old.seen[index])) return old.element;
  const element = make();
  drawn.set(key, { seen: [seen].flat(), element });
  return element;
}

export function settle(parent, wanted) {
  let at = parent.firstChild;
  for (const element of wanted) {
    if (element === at) at = at.nextSibling;
    else parent.insertBefore(element, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function markRead() {
  const row = state.chats.get(state.chat?.id);
  if (!row || !state.me || document.hidden || row.read >= row.count) return;
  row.read = row.count;
  tell('chats');
  act('read', { person: state.me.id, chat: row.id, message: row.count });
}

export function hearFact({ fact, data }) {
  const chat = state.chat;
  if (fact === 'Answered') answered(data);
  if (!chat) return;
  const message = data.message;
  if ((fact === 'Posted' || fact === 'Edited') && message.chat === chat.id) take(fact, message);
  if (fact === 'Deleted' && data.chat === chat.id) {
    for (const id of data.ids) messages.delete(id);
    drawSoon();
  }
  if (fact === 'Voted' && data.chat === chat.id) voted(data);
  if (fact === 'Upgraded' && data.old === chat.id) go({ chat: data.new });
  const place = data.chat ?? `${data.person}:${data.bot}`;
  if (REFRESHING.has(fact) && place === chat.id) refreshChat();
}

function take(fact, message) {
  const old = messages.get(message.id);
  if (fact === 'Edited' && !old) return;
  messages.set(message.id, { ...message, votes: old?.votes });
  if (fact === 'Posted' && message.sender === state.me?.id) toEnd();
  if (fact === 'Posted' && !atEnd) more.hidden = false;
  if (messages.size === 1 || message.keyboard) drawComposer();
  drawSoon();
  markRead();
}

function voted({ message: id, person, options = [] }) {
  const message = messages.get(id);
  if (!message) return;
  messages.set(id, { ...message, votes: { ...message.votes, [person]: options } });
  drawSoon();
}

function answered({ query, person, text, alert, url }) {
  pressed.get(query)?.classList.remove('busy');
  pressed.delete(query);
  if (person !== state.me?.id) return;
  if (url) tell('link', url);
  if (text && alert) dialog(text, [], [[words.ok, null, 'main']]);
  else if (text) toast(text);
}

function jump(id) {
  const found = list.querySelector(`[data-id="${id}"]`);
  found?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  found?.classList.add('found');
  setTimeout(() => found?.classList.remove('found'), 1500);
}

function erase(message) {
  const remove = () => { act('delete', { person: state.me.id, chat: message.chat, message: message.id }); };
  dialog(words.deleteQuestion, h('p', {}, gist(message)), [[words.cancel], [words.remove, remove, 'danger']]);
}

on('jump', jump);
on('erase', erase);
on('pressed', ({ query, element: shown }) => pressed.set(query, shown));
on('command', (text) => state.chat && state.me && act('say', { person: state.me.id, chat: state.chat.id, text }));
on('me', () => state.chat && refreshChat());
document.addEventListener('visibilitychange', markRead);
