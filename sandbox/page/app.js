// Starts the page and leads what happens to the parts that show it.
import { listen } from './api.js';
import { closeChat, hearFact, openChat } from './conversation.js';
import { button, fill, h, later, toast } from './dom.js';
import { createDialog, openLink } from './make.js';
import './info.js';
import { buildSide, drawTabs, pickMe, sideFact } from './side.js';
import { become, loadBots, loadChats, on, place, state } from './state.js';
import { openWall, wallFact } from './wall.js';
import { words } from './words.js';

const reloadChats = later(loadChats);
const MINE = new Set(['Opened', 'Joined', 'Left', 'GroupMade', 'Upgraded']);

function happened(entry) {
  const { fact, data } = entry;
  if (fact === 'BotMade') loadBots();
  if (fact === 'PersonMade' && data.person.id === state.me?.id) become(state.me.id);
  if (MINE.has(fact) && concernsMe(data)) reloadChats();
  sideFact(entry);
  hearFact(entry);
  wallFact(entry);
}

function concernsMe(data) {
  const me = state.me?.id;
  if (!me) return false;
  return [data.person, data.user].includes(me) || me in (data.group?.members ?? {}) || state.chats.has(data.old);
}

let moving = Promise.resolve();

// One move after another, so that a quick reader never sees half of two places.
function move() {
  moving = moving.then(arrive).catch((error) => toast(error.message));
}

async function arrive() {
  const { as, chat, wall } = place();
  for (const box of document.querySelectorAll('dialog[open]')) box.close();
  if (Number(as ?? 0) !== (state.me?.id ?? 0)) await become(as);
  state.wall = wall !== undefined;
  document.body.dataset.pane = state.wall || chat ? 'main' : 'side';
  drawTabs();
  if (state.wall) await openWall();
  else if (chat && chat !== state.chat?.id) await openChat(chat);
  else if (!chat) closeChat();
}

function welcome() {
  fill(document.getElementById('main'),
    h('div', { class: 'nothing' }, h('h2', {}, words.empty), h('p', {}, words.emptyHint), button(words.create, createDialog, 'main')));
}

async function start() {
  document.title = words.title;
  document.querySelector('.skip').textContent = words.skip;
  const world = await loadBots();
  buildSide();
  listen(world.seq, { fact: happened, reset: () => location.reload(), online });
  window.addEventListener('hashchange', move);
  on('link', openLink);
  move();
  await moving;
  // Who presses a button before the page knows who they are would be asked for what they chose.
  document.body.inert = false;
  if (!world.people) welcome();
  else if (!state.me && !state.wall) pickMe();
}

function online(yes) {
  document.body.classList.toggle('offline', !yes);
  if (!yes) toast(words.offline);
}

start();
