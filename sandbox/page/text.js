// Text with its entities. Offsets are UTF-16 units, as strings here are.
import { h } from './dom.js';
import { tell } from './state.js';

const WRAP = {
  bold: (inner) => h('strong', {}, inner),
  italic: (inner) => h('em', {}, inner),
  underline: (inner) => h('u', {}, inner),
  strikethrough: (inner) => h('s', {}, inner),
  code: (inner) => h('code', {}, inner),
  pre: (inner) => h('code', { class: 'pre' }, inner),
  blockquote: (inner) => h('span', { class: 'quote' }, inner),
  expandable_blockquote: (inner) => h('span', { class: 'quote' }, inner),
  hashtag: (inner) => h('span', { class: 'link' }, inner),
  mention: (inner) => h('span', { class: 'link' }, inner),
  text_mention: (inner) => h('span', { class: 'link' }, inner),
  phone_number: (inner) => h('span', { class: 'link' }, inner),
  spoiler: (inner) => h('span', { class: 'spoiler', tabindex: '0', onclick: reveal, onkeydown: revealByKey }, inner),
  url: (inner, _, covered) => link(inner, covered.includes('://') ? covered : `https://${covered}`),
  email: (inner, _, covered) => link(inner, `mailto:${covered}`),
  text_link: (inner, entity) => link(inner, entity.url),
  bot_command: (inner, _, covered) =>
    h('button', { type: 'button', class: 'command', onclick: () => tell('command', covered) }, inner),
};

function reveal(event) {
  event.currentTarget.classList.add('open');
}

function revealByKey(event) {
  if (event.key === 'Enter' || event.key === ' ') reveal(event);
}

// A link that opens inside: of a bot, an Official Account or a group.
export function isOurs(address) {
  return /^(tg:|(https?:\/\/)?(t\.me|zalo\.me|bot\.zaloplatforms\.com\/bots)\/)/.test(address);
}

function link(inner, address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return inner;
  }
  if (!['http:', 'https:', 'mailto:', 'tg:'].includes(url.protocol)) return inner;
  const ours = isOurs(url.href);
  return h('a', {
    href: url.href, target: '_blank', rel: 'noopener noreferrer',
    onclick: ours && ((event) => { event.preventDefault(); tell('link', url.href); }),
  }, inner);
}

export function rich(text, entities = []) {
  const cuts = new Set([0, text.length]);
  for (const { offset, length } of entities) cuts.add(offset).add(offset + length);
  const places = [...cuts].filter((cut) => cut <= text.length).sort((a, b) => a - b);
  return places.slice(1).map((end, index) => piece(text, places[index], end, entities));
}

function piece(text, start, end, entities) {
  let inner = document.createTextNode(text.slice(start, end));
  for (const entity of entities.toReversed()) {
    const stop = entity.offset + entity.length;
    if (entity.offset > start || stop < end) continue;
    const wrap = WRAP[entity.type];
    if (wrap) inner = wrap(inner, entity, text.slice(entity.offset, stop));
  }
  return inner;
}
