// Choosing a person out of very many: search on the server, groups by folder on the page.
import { ask } from './api.js';
import { avatar, dialog, fill, h, later } from './dom.js';
import { words } from './words.js';

const SHOWN = 200;

// A dialog with a list of people; answers through `chosen`.
export function choosePerson(title, hint, chosen) {
  const list = h('div', { class: 'people', role: 'listbox', 'aria-label': title });
  const search = h('input', { type: 'search', placeholder: words.searchPeople, 'aria-label': words.searchPeople, autofocus: true });
  const take = (person) => {
    box.close();
    chosen(person);
  };
  const load = async () => {
    const found = await ask(`/people?limit=${SHOWN}&search=${encodeURIComponent(search.value)}`);
    fill(list, grouped(found.people, take), found.people.length === SHOWN && h('p', { class: 'hint' }, words.morePeople));
  };
  search.addEventListener('input', later(load));
  const box = dialog(title, [h('p', { class: 'hint' }, hint), search, list], [[words.close]]);
  box.classList.add('tall');
  load();
  return box;
}

function grouped(people, take) {
  if (!people.length) return h('p', { class: 'hint' }, words.nobodyFound);
  const folders = Map.groupBy(people, (person) => (person.folder ?? []).join(' › ') || words.noFolder);
  return [...folders].map(([folder, inside]) => [
    h('h3', {}, folder),
    inside.map((person) => personRow(person, () => take(person))),
  ]);
}

export function personRow(person, onclick, ...rest) {
  const name = [person.name, person.last_name].filter(Boolean).join(' ');
  return h('div', { class: 'person' },
    h('button', { type: 'button', role: 'option', onclick },
      avatar(name, person.id), h('span', {}, h('strong', {}, name), h('small', {}, person.label ?? ''))), rest);
}

export function field(label, props = {}) {
  const input = h(props.options ? 'select' : 'input', { ...props, options: undefined },
    (props.options ?? []).map(([value, text]) => h('option', { value }, text)));
  return { input, row: h('label', { class: 'field' }, h('span', {}, label), input) };
}

export function check(label, on = false) {
  const input = h('input', { type: 'checkbox', checked: on });
  return { input, row: h('label', { class: 'check' }, input, h('span', {}, label)) };
}
