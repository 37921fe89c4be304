// The right side: who is in the chat, and what can be done about it.
import { act } from './api.js';
import { button, dialog, fill, h, iconButton } from './dom.js';
import { badge, isTelegram } from './messenger.js';
import { choosePerson, personRow } from './people.js';
import { go, on, state } from './state.js';
import { words } from './words.js';

let open = false;

function panel() {
  return document.getElementById('info');
}

function draw() {
  const chat = state.chat;
  panel().hidden = !open || !chat || state.wall;
  if (panel().hidden) return;
  fill(panel(),
    h('header', { class: 'head' }, h('h2', {}, chat.kind === 'private' ? words.chatInfo : words.groupInfo),
      iconButton('close', words.close, toggle)),
    h('div', { class: 'info-body' },
      h('h3', {}, chat.title),
      badge(chat),
      h('p', { class: 'hint' }, chat.folder.join(' › ')),
      h('p', { class: 'hint' }, h('code', {}, chat.id)),
      chat.kind === 'private' ? privateActions(chat) : groupActions(chat)));
}

function toggle() {
  open = !open;
  draw();
}

function privateActions(chat) {
  if (chat.person !== state.me?.id) return null;
  const body = { person: state.me.id, bot: String(chat.bot) };
  return [following(chat, body), blocking(chat, body)];
}

function following(chat, body) {
  if (chat.messenger !== 'zalo_oa') return null;
  return chat.follows
    ? button(words.unfollow, () => act('unfollow', body))
    : button(words.follow, () => act('follow', body), 'main');
}

function blocking(chat, body) {
  return chat.blocked
    ? button(words.unblock, () => act('unblock', body), 'main')
    : button(words.block, () => act('block', body), 'danger');
}

function groupActions(chat) {
  const inside = chat.members.some((member) => member.id === state.me?.id);
  const missing = [...state.bots.values()].filter((bot) =>
    bot.messenger === chat.messenger && !chat.members.some((member) => member.id === bot.id));
  const grows = isTelegram(chat) && chat.kind === 'group';
  return [
    inside && h('div', { class: 'choices' },
      missing.map((bot) => button(`${words.addBot} ${bot.name}`, () => add(bot.id), 'main')),
      button(words.addPerson, addPerson),
      grows && button(words.upgrade, upgrade),
      button(words.leave, () => sure(words.leaveQuestion, words.leave, () => remove(state.me.id)), 'danger')),
    inside && grows && h('p', { class: 'hint' }, words.upgradeHint),
    h('h3', {}, words.memberCount(chat.member_count)),
    chat.members.map((member) => memberRow(member, inside)),
  ].flat();
}

function memberRow(member, inside) {
  const label = [member.bot ? words.bot : member.label, words.roles[member.role]].filter(Boolean).join(' · ');
  const play = () => !member.bot && go({ as: member.id });
  const off = iconButton('close', words.removeMember,
    () => sure(words.removeQuestion(member.name), words.removeMember, () => remove(member.id)));
  const others = inside && member.id !== state.me.id;
  const promote = others && member.bot && isTelegram(state.chat) && member.role === 'member' &&
    button(words.makeAdmin, () => add(member.id, 'administrator'), 'small');
  const shown = personRow({ ...member, label }, play, promote, others && off);
  if (!member.bot) shown.firstChild.title = words.playThis;
  return shown;
}

function sure(question, label, doIt) {
  dialog(question, [], [[words.cancel], [label, () => { doIt(); }, 'danger']]);
}

function add(user, role = 'member') {
  return act('add', { chat: state.chat.id, by: state.me.id, user, role });
}

function remove(user) {
  return act('remove', { chat: state.chat.id, by: state.me.id, user });
}

function addPerson() {
  choosePerson(words.addPerson, state.chat.title, (person) => add(person.id));
}

function upgrade() {
  sure(words.upgradeQuestion, words.upgrade, () => act('upgrade', { chat: state.chat.id, by: state.me.id }));
}

on('info', toggle);
on('chat', draw);
on('me', draw);
