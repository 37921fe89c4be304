// Every group at once. Only the cards in sight exist, so thousands of groups stay smooth.
import { ask, nameOf } from './api.js';
import { Dots } from './dots.js';
import { avatar, button, eachFrame, fill, h, icon, matches } from './dom.js';
import { Folders, inOrder, path } from './folders.js';
import { gist } from './message.js';
import { badge } from './messenger.js';
import { go, short, state, tell } from './state.js';
import { number, when, words } from './words.js';

const CARD = { width: 216, height: 126, gap: 10 };
const HEADER = 44;
const PAGE = 2000;
const MARGIN = 600;
const groups = new Map();
const cards = new Map();
const arrivals = new Map();
const fresh = new Set();
const folders = new Folders(groups, arrivals, () => { scroller.scrollTop = 0; arrange(); });
let lines = [];
let byTime = false;
let query, scroller, canvas, counter, bar, dots, ready = false;

export async function openWall() {
  state.chat = null;
  tell('chat');
  build();
  if (!ready) await load();
  arrange();
}

function build() {
  cards.clear();
  query = h('input', { type: 'search', placeholder: words.searchGroups, 'aria-label': words.searchGroups, oninput: () => arrange() });
  const order = h('select', { 'aria-label': words.order, onchange: (event) => { byTime = event.target.value === 'time'; arrange(); } },
    h('option', { value: 'tree' }, words.byTree), h('option', { value: 'time', selected: byTime }, words.byTime));
  counter = h('strong', { role: 'status' });
  bar = h('progress', { max: 1, value: 0, 'aria-label': words.newMessages });
  dots = new Dots(reveal);
  canvas = h('div', { class: 'canvas' });
  scroller = h('div', { class: 'wall-scroller', onscroll: drawSoon, tabindex: '0' }, canvas);
  new ResizeObserver(eachFrame(() => scroller.isConnected && arrange())).observe(scroller);
  fill(document.getElementById('main'),
    h('header', { class: 'head wall-head' },
      h('button', { type: 'button', class: 'icon-button narrow-only', 'aria-label': words.back, onclick: () => go({ wall: null }) }, icon('back')),
      h('h2', {}, words.wall), h('div', { class: 'search' }, icon('search'), query), order),
    h('div', { class: 'tally' }, counter, bar, button(words.countAgain, countAgain, 'small'), dots.canvas),
    h('div', { class: 'wall' }, folders.element, scroller));
}

async function load() {
  fill(canvas, h('p', { class: 'hint' }, words.loading));
  let after = '';
  for (;;) {
    const page = (await ask(`/groups?limit=${PAGE}&after=${after}`)).groups;
    for (const row of page) if (!groups.has(row.id)) groups.set(row.id, row);
    if (page.length < PAGE) break;
    after = page.at(-1).id;
  }
  ready = true;
  canvas.replaceChildren();
}

function arrange() {
  if (!scroller?.isConnected) return;
  const shown = [...groups.values()].filter((row) =>
    folders.holds(row) && (!query.value || matches(query.value, row.title, path(row))));
  shown.sort((a, b) => inOrder(path(a), path(b)) || inOrder(a.title, b.title));
  dots.show([...shown]);
  if (byTime) shown.sort((a, b) => (b.last?.date ?? 0) - (a.last?.date ?? 0) || (b.at ?? 0) - (a.at ?? 0));
  layOut(shown);
  folders.draw();
  draw();
}

function layOut(shown) {
  const room = scroller.clientWidth - CARD.gap;
  const columns = Math.max(1, Math.floor(room / (CARD.width + CARD.gap)));
  const width = Math.floor(room / columns) - CARD.gap;
  const runs = byTime ? [['', shown]] : Map.groupBy(shown, path);
  let top = 0;
  lines = [];
  for (const [name, rows] of runs) {
    if (name) {
      lines.push({ key: `header ${name}`, name, count: rows.length, top, left: 0, width: room, height: HEADER });
      top += HEADER;
    }
    rows.forEach((row, index) => lines.push({
      key: row.id, row, width, height: CARD.height,
      top: top + Math.floor(index / columns) * (CARD.height + CARD.gap),
      left: CARD.gap + (index % columns) * (width + CARD.gap),
    }));
    top += Math.ceil(rows.length / columns) * (CARD.height + CARD.gap);
  }
  canvas.style.height = `${top + CARD.gap}px`;
}

function firstInSight(top) {
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].top + lines[middle].height < top) low = middle + 1;
    else high = middle;
  }
  return low;
}

function draw() {
  if (!scroller?.isConnected) return;
  const [top, bottom] = [scroller.scrollTop - MARGIN, scroller.scrollTop + scroller.clientHeight + MARGIN];
  const inSight = new Set();
  for (let index = firstInSight(top); index < lines.length && lines[index].top < bottom; index += 1) {
    inSight.add(lines[index].key);
    put(lines[index]);
  }
  for (const [key, card] of cards) {
    if (inSight.has(key)) continue;
    card.element.remove();
    cards.delete(key);
  }
  tally();
}

const drawSoon = eachFrame(draw);
const drawDots = eachFrame(() => dots.canvas.isConnected && dots.draw(arrivals, counter.textContent) && drawDots());
const arrangeSoon = eachFrame(() => (byTime ? arrange() : draw()));

function put(line) {
  const seen = line.row ? line.row.last : line.count;
  let card = cards.get(line.key);
  if (!card || card.seen !== seen || fresh.has(line.key)) {
    const element = line.row ? groupCard(line.row) : h('h3', { class: 'wall-folder' }, line.name, h('small', {}, words.groupsShown(line.count)));
    if (card) card.element.replaceWith(element);
    else canvas.append(element);
    card = { element, seen };
    cards.set(line.key, card);
    fresh.delete(line.key);
  }
  const { style } = card.element;
  style.transform = `translate(${line.left}px, ${line.top}px)`;
  style.width = `${line.width}px`;
  style.height = `${line.height}px`;
}

function groupCard(row) {
  const { last } = row;
  const bot = last && state.bots.has(last.sender);
  const marks = [fresh.has(row.id) && 'arrived', arrivals.has(row.id) && 'got'].filter(Boolean);
  const open = () => go({ chat: row.id, wall: null });
  return h('button', { type: 'button', class: ['card', ...marks].join(' '), onclick: open },
    h('span', { class: 'card-top' }, avatar(row.title, row.id), h('strong', {}, row.title), badge(row)),
    last && h('span', { class: `card-by${bot ? ' by-bot' : ''}` },
      h('span', {}, last.service ? '' : nameOf(last.sender, redrawNames)), h('time', {}, when(last.date))),
    h('span', { class: `card-text${last ? '' : ' dim'}` }, cardText(last)));
}

function cardText(last) {
  if (!last) return words.noMessages;
  if (last.service) return gist(last);
  return [last.file && h('span', { class: 'chip' }, icon('file'), gist({ file: last.file })), last.text];
}

const redrawNames = eachFrame(() => {
  cards.clear();
  canvas?.replaceChildren();
  draw();
});

function reveal(row) {
  const line = lines.find((each) => each.key === row.id);
  if (line) scroller.scrollTop = line.top - HEADER;
}

function tally() {
  counter.textContent = arrivals.size ? words.received(arrivals.size, groups.size) : words.groupsShown(groups.size);
  bar.max = Math.max(groups.size, 1);
  bar.value = arrivals.size;
  bar.hidden = !arrivals.size;
  folders.count();
  drawDots();
}

function countAgain() {
  arrivals.clear();
  folders.forget();
  redrawNames();
}

export function wallFact({ seq, fact, data }) {
  if (fact === 'GroupMade' || fact === 'Upgraded') reload();
  if (fact !== 'Posted' && fact !== 'Edited') return;
  const { message } = data;
  const row = groups.get(message.chat);
  if (!row || (fact === 'Edited' && row.last?.id !== message.id)) return;
  row.last = short(message, nameOf(message.sender));
  row.at = seq;
  if (fact === 'Posted' && state.bots.has(message.sender)) arrived(row);
  if (state.wall) arrangeSoon();
}

function arrived(row) {
  if (!arrivals.has(row.id)) folders.add(row);
  arrivals.set(row.id, performance.now());
  fresh.add(row.id);
}

const reload = eachFrame(async () => {
  if (!ready) return;
  groups.clear();
  ready = false;
  if (!state.wall) return;
  await load();
  arrange();
});
