// The tree of folders beside the wall: how many groups each holds, and how many have received.
import { fill, h } from './dom.js';
import { number, words } from './words.js';

export const { compare: inOrder } = new Intl.Collator('vi', { numeric: true });
const JOIN = ' › ';

export function path(row) {
  return row.folder.join(JOIN);
}

function above(row) {
  return ['', ...row.folder.map((_, depth) => row.folder.slice(0, depth + 1).join(JOIN))];
}

export class Folders {
  constructor(groups, arrivals, changed) {
    Object.assign(this, { groups, arrivals, changed, chosen: '', received: new Map(), shown: new Map() });
    this.element = h('nav', { class: 'folders', 'aria-label': words.allFolders });
  }

  holds(row) {
    return !this.chosen || above(row).includes(this.chosen);
  }

  add(row) {
    for (const name of above(row)) this.received.set(name, (this.received.get(name) ?? 0) + 1);
  }

  forget() {
    this.received.clear();
    this.draw();
  }

  draw() {
    const totals = new Map([['', 0]]);
    for (const row of this.groups.values()) {
      for (const name of above(row)) totals.set(name, (totals.get(name) ?? 0) + 1);
    }
    this.shown.clear();
    fill(this.element, [...totals].sort(([a], [b]) => inOrder(a, b)).map(([name, total]) => this.item(name, total)));
    this.count();
  }

  item(name, total) {
    const parts = name.split(JOIN);
    const count = h('small', {});
    const bar = h('progress', { max: total, value: 0, 'aria-hidden': 'true' });
    this.shown.set(name, { count, bar, total });
    const choose = () => { this.chosen = name; this.changed(); };
    const depth = name ? Math.min(parts.length - 1, 3) : 0;
    return h('button', { type: 'button', class: `depth-${depth}`, 'aria-pressed': String(this.chosen === name), onclick: choose },
      h('span', {}, name ? parts.at(-1) : words.allFolders), count, bar);
  }

  count() {
    for (const [name, { count, bar, total }] of this.shown) {
      const received = this.received.get(name) ?? 0;
      const text = received ? `${number(received)}/${number(total)}` : number(total);
      if (count.textContent === text) continue;
      count.textContent = text;
      bar.value = received;
      bar.hidden = !received;
    }
  }
}
