// What sets the messengers apart on the page: their badges, and what their chats have and have not.
import { h } from './dom.js';
import { state } from './state.js';
import { words } from './words.js';

export const MESSENGERS = ['telegram', 'zalo_bot', 'zalo_oa'];

export function isTelegram(chat) {
  return chat.messenger === 'telegram';
}

export function maxText(chat) {
  return isTelegram(chat) ? 4096 : 2000;
}

// Telegram alone needs no badge: it is told as soon as there is another messenger beside it.
export function badge({ messenger, kind }) {
  const one = [...state.bots.values()].every((bot) => bot.messenger === 'telegram');
  if (one && messenger === 'telegram') return null;
  const label = kind === 'private' || kind === undefined ? words.messengers[messenger] : words.groupsOf[messenger];
  return h('span', { class: `badge ${messenger}` }, label);
}

// Whom one can call by "@" and the full name, as Zalo's picker does: bots first.
export function callable(chat) {
  const members = chat.members.filter((member) => member.id !== state.me?.id);
  const names = members.sort((a, b) => Boolean(b.bot) - Boolean(a.bot)).map((member) => member.name);
  return chat.messenger === 'zalo_oa' ? [...names, words.everybody] : names;
}
