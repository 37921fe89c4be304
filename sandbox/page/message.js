// One message as a bubble: its words, files, poll and buttons.
import { act, fileUrl, nameOf } from './api.js';
import { avatar, h, hue, icon, iconButton } from './dom.js';
import { isTelegram } from './messenger.js';
import { state, tell } from './state.js';
import { isOurs, rich } from './text.js';
import { number, size, time, words } from './words.js';

export function bubble(message, { first, redraw, answered }) {
  if (message.service) return serviceLine(message, redraw);
  const own = message.sender === state.me?.id;
  const classes = ['message', own && 'own', first && 'first', message.file?.kind === 'sticker' && 'bare'];
  return h('li', { class: classes.filter(Boolean).join(' '), 'data-id': message.id },
    first && !own ? avatar(nameOf(message.sender, redraw), message.sender) : h('span', { class: 'avatar-room' }),
    h('div', { class: 'stack' },
      h('div', { class: 'bubble' },
        first && !own && sender(message, redraw),
        message.origin && h('p', { class: 'origin' }, words.forwardedFrom(nameOf(message.origin.sender, redraw))),
        answered && quote(answered, redraw),
        message.file && attachment(message, redraw),
        message.text && h('p', { class: 'words' }, rich(message.text, message.entities)),
        message.poll && poll(message),
        meta(message)),
      message.buttons && buttons(message)),
    tools(message, own));
}

function sender(message, redraw) {
  return h('p', { class: `sender ink-${hue(message.sender)}` }, nameOf(message.sender, redraw),
    state.bots.has(message.sender) && h('span', { class: 'tag' }, words.bot));
}

function meta(message) {
  return h('span', { class: 'meta' }, message.edited && `${words.edited} `,
    h('time', { datetime: new Date(message.date * 1000).toISOString() }, time(message.date)));
}

function quote(message, redraw) {
  const jump = () => tell('jump', message.id);
  return h('button', { type: 'button', class: `quoted ink-${hue(message.sender)}`, onclick: jump },
    h('strong', {}, nameOf(message.sender, redraw)), h('span', {}, gist(message)));
}

export function gist({ text = '', file, poll: asked, service, sender_name: by }) {
  if (service) return (words.service[service.kind ?? service] ?? (() => ''))(by ?? '', '').trim();
  const kind = { photo: words.photo, sticker: file?.emoji ?? words.stickerShort, document: file?.name || words.document, voice: words.voice };
  return [file && kind[file.kind], asked && `${words.poll}: ${asked.question}`, text].filter(Boolean).join(' · ');
}

function attachment({ file, sender: by }, redraw) {
  if (file.kind === 'sticker') return h('p', { class: 'sticker' }, file.emoji);
  if (file.kind === 'photo') {
    const label = words.photoOf(nameOf(by, redraw));
    const picture = h('img', { src: fileUrl(file), alt: label, width: file.width, height: file.height, loading: 'lazy' });
    return h('a', { class: 'photo', href: fileUrl(file), target: '_blank', rel: 'noopener' }, picture);
  }
  return h('a', { class: 'file', href: fileUrl(file), download: file.name, title: words.download },
    h('span', { class: 'file-icon' }, icon('file')),
    h('span', {}, h('strong', {}, file.kind === 'voice' ? words.voice : file.name || words.document),
      h('small', {}, `${size(file.size)} · ${words.download}`)));
}

function buttons(message) {
  const rows = message.buttons.map((row) => h('div', { class: 'row' }, row.map((each) => inline(message, each))));
  return h('div', { class: 'inline-buttons' }, rows);
}

function inline(message, { text, data, url }) {
  if (url) {
    const ours = isOurs(url);
    const open = () => (ours ? tell('link', url) : window.open(url, '_blank', 'noopener'));
    return h('button', { type: 'button', onclick: open }, text, icon('link'));
  }
  return h('button', { type: 'button', onclick: (event) => press(event.currentTarget, message, data || text) }, text);
}

async function press(element, message, data) {
  if (element.classList.contains('busy') || !state.me) return;
  element.classList.add('busy');
  setTimeout(() => element.classList.remove('busy'), 10000);
  const done = await act('press', { person: state.me.id, chat: message.chat, message: message.id, button: data });
  if (done?.query) tell('pressed', { query: done.query, element });
  else element.classList.remove('busy');
}

function poll(message) {
  const { question, options, closed, multiple } = message.poll;
  const votes = Object.values(message.votes ?? {});
  const mine = (message.votes ?? {})[state.me?.id] ?? [];
  const voters = votes.filter((each) => each.length).length;
  const choose = (place) => {
    const rest = multiple ? mine.filter((each) => each !== place) : [];
    const chosen = mine.includes(place) ? rest : [...rest, place];
    act('vote', { person: state.me.id, chat: message.chat, message: message.id, options: chosen });
  };
  const option = (text, place) => {
    const count = votes.filter((each) => each.includes(place)).length;
    return h('button', { type: 'button', class: 'option', disabled: closed, 'aria-pressed': String(mine.includes(place)), onclick: () => choose(place) },
      h('span', {}, text), h('meter', { min: 0, max: Math.max(voters, 1), value: count }), h('small', {}, number(count)));
  };
  return h('div', { class: 'poll' }, h('strong', {}, question), options.map(option),
    h('small', {}, closed ? words.pollClosed : words.votes(voters)));
}

function tools(message, own) {
  const erase = () => tell('erase', message);
  return h('span', { class: 'tools' },
    iconButton('reply', words.reply, () => tell('reply', message)),
    own && !message.file && isTelegram(state.chat) && iconButton('edit', words.edit, () => tell('edit', message)),
    own && iconButton('bin', words.remove, erase));
}

function serviceLine(message, redraw) {
  const { kind, users = [] } = message.service;
  const by = nameOf(message.sender, redraw);
  const who = users.map((user) => nameOf(user, redraw)).join(', ');
  return h('li', { class: 'service', 'data-id': message.id }, h('span', {}, words.service[kind](by, who)));
}
