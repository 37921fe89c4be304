// Where one writes: text, files, stickers, answers that the bot offers; or why one cannot.
import { act, nameOf } from './api.js';
import { button, fill, h, icon, iconButton } from './dom.js';
import { gist } from './message.js';
import { callable, isTelegram, maxText } from './messenger.js';
import { go, on, state } from './state.js';
import { size, words } from './words.js';

let answering = null;
let changing = null;
let file = null;
let input, strip;

export function closeTo(scroller) {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
}

export function composer(messages) {
  answering = changing = file = null;
  const chat = state.chat;
  if (chat.moved_to) return notice(words.moved, button(words.goThere, () => go({ chat: chat.moved_to }), 'main'));
  if (chat.dissolved) return notice(words.dissolved);
  if (state.me?.active === false) return notice(words.closedAccount);
  if (chat.kind === 'private' && chat.person !== state.me?.id) return roles();
  if (chat.kind !== 'private' && !chat.members.some((member) => member.id === state.me?.id)) return roles();
  if (chat.blocked) return notice(words.blocked, button(words.unblock, unblock, 'main'));
  if (isTelegram(chat) && chat.kind === 'private' && !messages.size) return notice(words.startHint, button(words.start, () => say({ text: '/start' }), 'main'));
  return [unfollowed(chat), form(), keyboard(messages)];
}

function notice(text, ...rest) {
  return h('div', { class: 'notice' }, h('p', {}, text), rest);
}

function roles() {
  const people = state.chat.members.filter((member) => !member.bot);
  const owner = state.chat.person && !people.length ? [{ id: state.chat.person, name: nameOf(state.chat.person) }] : people;
  if (!owner.length) return notice(words.noMembers);
  const choices = owner.slice(0, 12).map((member) =>
    button(member.label ? `${member.name} · ${member.label}` : member.name, () => go({ as: member.id })));
  return notice(words.notMember, h('div', { class: 'choices' }, choices));
}

function unfollowed(chat) {
  if (chat.messenger !== 'zalo_oa' || chat.kind !== 'private' || chat.follows) return null;
  const follow = () => act('follow', { person: state.me.id, bot: String(chat.bot) });
  return notice(words.notFollowing, button(words.follow, follow, 'main'));
}

function unblock() {
  act('unblock', { person: state.me.id, bot: String(state.chat.bot) });
}

function form() {
  strip = h('div', { class: 'strip', hidden: true });
  input = h('textarea', {
    rows: 1, 'aria-label': words.write, placeholder: words.write, maxlength: maxText(state.chat),
    onkeydown: keyed, oninput: grow, onpaste: pasted,
  });
  const picker = h('input', { type: 'file', hidden: true, onchange: () => attach(picker.files[0]) });
  return h('form', { class: 'composer', onsubmit: submit, ondragover: (event) => event.preventDefault(), ondrop: dropped },
    strip,
    h('div', { class: 'line' },
      picker,
      iconButton('attach', words.attach, () => picker.click()),
      stickers(),
      !isTelegram(state.chat) && state.chat.kind !== 'private' && calls(),
      input,
      h('button', { type: 'submit', class: 'icon-button send', 'aria-label': words.send, title: words.send }, icon('send'))));
}

function stickers() {
  return menu('smile', words.sticker, 'stickers', words.emoji, (emoji) => say({ sticker: emoji }));
}

function calls() {
  return menu('at', words.call, 'calls', callable(state.chat), (name) => {
    const before = input.value && !input.value.endsWith(' ') ? `${input.value} ` : input.value;
    input.value = `${before}@${name} `;
    input.focus();
  });
}

function menu(sign, label, kind, choices, chosen) {
  const box = h('div', { class: kind, popover: 'auto', role: 'menu' });
  const choose = (choice) => { box.hidePopover(); chosen(choice); };
  fill(box, choices.map((choice) => h('button', { type: 'button', role: 'menuitem', onclick: () => choose(choice) }, choice)));
  return [iconButton(sign, label, () => box.togglePopover()), box];
}

// The answers under the composer are those of the last message that offered or removed some.
function keyboard(messages) {
  const offered = [...messages.values()].findLast((message) => message.keyboard)?.keyboard;
  if (offered?.placeholder && input) input.placeholder = offered.placeholder;
  if (!offered?.rows) return null;
  const box = h('div', { class: 'keyboard' });
  const answer = (text) => { if (offered.one_time) box.remove(); say({ text }); };
  fill(box, offered.rows.map((row) => h('div', { class: 'row' }, row.map((text) => button(text, () => answer(text))))));
  return box;
}

function keyed(event) {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    input.form.requestSubmit();
  }
  if (event.key === 'Escape') leave();
}

function grow() {
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
}

function pasted(event) {
  const pastedFile = event.clipboardData.files[0];
  if (pastedFile) attach(pastedFile);
}

function dropped(event) {
  event.preventDefault();
  if (event.dataTransfer.files[0]) attach(event.dataTransfer.files[0]);
}

function attach(chosen) {
  file = chosen ?? null;
  show();
}

function leave() {
  if (changing) input.value = '';
  answering = changing = file = null;
  show();
}

function show() {
  const label = file ? `${file.name} · ${size(file.size)}`
    : changing ? words.editing : answering ? words.replyingTo(nameOf(answering.sender)) : '';
  strip.hidden = !label;
  fill(strip, icon(file ? 'file' : changing ? 'edit' : 'reply'),
    h('div', {}, h('strong', {}, label), !file && h('span', {}, gist(changing ?? answering ?? {}))),
    iconButton('close', words.cancel, leave));
  input.focus();
}

async function submit(event) {
  event.preventDefault();
  const text = input.value.trim();
  if (!text && !file) return;
  const done = changing
    ? await act('edit', { person: state.me.id, chat: state.chat.id, message: changing.id, text })
    : await say({ text });
  if (!done) return;
  input.value = '';
  answering = changing = file = null;
  show();
  grow();
}

function say(parts) {
  const body = { person: state.me.id, chat: state.chat.id, reply_to: answering?.id ?? 0, ...parts };
  if (!file || parts.sticker) return act('say', body);
  const fields = new FormData();
  for (const [name, value] of Object.entries(body)) fields.set(name, value);
  fields.set('file', file);
  return act('say', fields);
}

on('reply', (message) => {
  if (!input?.isConnected) return;
  [answering, changing] = [message, null];
  show();
});
on('edit', (message) => {
  if (!input?.isConnected) return;
  [answering, changing] = [null, message];
  input.value = message.text ?? '';
  show();
  grow();
});
