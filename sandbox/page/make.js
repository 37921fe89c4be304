// Dialogs that make things: following a link, new bots, people and groups.
import { act } from './api.js';
import { button, dialog, fill, h, toast } from './dom.js';
import { MESSENGERS } from './messenger.js';
import { check, field } from './people.js';
import { go, loadBots, loadChats, state } from './state.js';
import { words } from './words.js';

export function follow(link, chat = '') {
  return act('open', { person: state.me.id, link, chat }).then((done) => {
    if (done) go({ chat: done.chat, wall: null });
    return Boolean(done);
  });
}

function asksGroup(link) {
  return link.includes('startgroup');
}

export function openLink(link) {
  if (!state.me) return toast(words.chooseRole);
  return asksGroup(link) ? openLinkDialog(link) : follow(link);
}

export function openLinkDialog(given) {
  if (!state.me) return toast(words.chooseRole);
  const groups = [...state.chats.values()].filter((row) => row.kind !== 'private').map((row) => [row.id, row.title]);
  const link = field(words.linkLabel, { type: 'url', placeholder: words.linkPlaceholder, value: typeof given === 'string' ? given : '' });
  const group = field(words.linkGroup, { options: groups });
  const show = () => { group.row.hidden = !asksGroup(link.input.value); };
  link.input.addEventListener('input', show);
  show();
  const bots = [...state.bots.values()].map((bot) =>
    button(named(bot), () => follow(bot.link).then((done) => done && box.close())));
  const open = () => {
    if (asksGroup(link.input.value) && !group.input.value) return toast(words.linkNeedsGroup) ?? false;
    return follow(link.input.value.trim(), group.input.value);
  };
  const box = dialog(words.openLink,
    [h('p', { class: 'hint' }, words.openLinkHint), link.row, group.row,
      bots.length > 0 && [h('h3', {}, words.writeToBot), h('div', { class: 'choices' }, bots)]].flat(),
    [[words.cancel], [words.open, open, 'main']]);
  link.input.focus();
  return box;
}

function named(bot) {
  return bot.messenger === 'telegram' ? `${bot.name} (@${bot.username})` : `${bot.name} · ${words.messengers[bot.messenger]}`;
}

function messengerField() {
  return field(words.messenger, { options: MESSENGERS.map((each) => [each, words.messengers[each]]) });
}

const KINDS = { person: personForm, bot: botForm, group: groupForm };

export function createDialog() {
  const body = h('div', {});
  let making;
  const choose = (kind) => {
    making = KINDS[kind]();
    fill(body, making.rows);
    for (const each of tabs) each.setAttribute('aria-pressed', String(each.dataset.kind === kind));
  };
  const labels = { person: words.kindPerson, bot: words.kindBot, group: words.kindGroup };
  const tabs = Object.entries(labels).map(([kind, label]) =>
    h('button', { type: 'button', 'data-kind': kind, onclick: () => choose(kind) }, label));
  dialog(words.create, [h('p', { class: 'hint' }, words.createHint), h('div', { class: 'tabs' }, tabs), body],
    [[words.cancel], [words.create, () => making.make(), 'main']]);
  choose(state.bots.size ? 'person' : 'bot');
}

function folderOf(text) {
  return text.split('/').map((part) => part.trim()).filter(Boolean);
}

function personForm() {
  const [name, role, folder] = [field(words.name), field(words.role), field(words.folder)];
  const make = async () => {
    const made = await act('people', { name: name.input.value.trim(), label: role.input.value.trim(), folder: folderOf(folder.input.value) });
    if (made) go({ as: made.id });
    return Boolean(made);
  };
  return { rows: [name.row, role.row, folder.row], make };
}

function botForm() {
  const [username, name, token] = [field(words.username), field(words.botName), field(words.token)];
  const [all, messenger] = [check(words.readsAll), messengerField()];
  const make = async () => {
    const made = await act('bots', {
      username: username.input.value.trim(), name: name.input.value.trim(), token: token.input.value.trim(), reads_all: all.input.checked,
      messenger: messenger.input.value,
    });
    if (!made) return false;
    await loadBots();
    dialog(words.made, h('p', { class: 'token' }, words.botMade(made.token)), [[words.ok, null, 'main']]);
    return true;
  };
  return { rows: [messenger.row, username.row, name.row, token.row, all.row], make };
}

function groupForm() {
  const [title, folder] = [field(words.groupTitle), field(words.folder)];
  const [bots, messenger] = [check(words.groupBots, true), messengerField()];
  const make = async () => {
    if (!state.me) return toast(words.chooseRole) ?? false;
    const here = [...state.bots.values()].filter((bot) => bot.messenger === messenger.input.value);
    const names = bots.input.checked ? here.map((bot) => bot.username) : [];
    const made = await act('groups', { title: title.input.value.trim(), members: [state.me.id], bots: names, folder: folderOf(folder.input.value), messenger: messenger.input.value });
    if (!made) return false;
    await loadChats();
    go({ chat: made.id, wall: null });
    return true;
  };
  return { rows: [messenger.row, title.row, folder.row, bots.row, h('p', { class: 'hint' }, words.groupFounder)], make };
}
