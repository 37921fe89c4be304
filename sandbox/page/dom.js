// Building elements. Text always becomes text, never markup.

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'value' || name === 'checked') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

export function iconButton(name, label, onclick, extra = '') {
  return h('button', { type: 'button', class: `icon-button ${extra}`, 'aria-label': label, title: label, onclick }, icon(name));
}

export function button(label, onclick, kind = '') {
  return h('button', { type: 'button', class: `button ${kind}`, onclick }, label);
}

// The last word tells apart best: a Vietnamese given name, the number of a team.
export function avatar(name, id, extra = '') {
  const letters = name.replace(/[^\p{L}\p{N} ]/gu, '').trim().split(/\s+/);
  const last = letters.at(-1) || '?';
  const shown = /^\d{1,3}$/.test(last) ? last : letters.length > 1 ? letters.at(-2)[0] + last[0] : last[0];
  return h('span', { class: `avatar hue-${hue(id)} ${extra}`, 'aria-hidden': 'true' }, shown.toUpperCase());
}

export function hue(id) {
  let sum = 0;
  for (const char of String(id)) sum = (sum * 31 + char.charCodeAt(0)) % 997;
  return sum % 8;
}

export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
}

export function plain(text) {
  return text.toLowerCase().replaceAll('đ', 'd').normalize('NFD').replace(/\p{M}/gu, '');
}

export function matches(query, ...texts) {
  const all = plain(texts.join(' '));
  return plain(query).split(/\s+/).every((word) => all.includes(word));
}

let toastTimer;

export function toast(text) {
  const box = document.getElementById('toast');
  box.textContent = text;
  box.classList.add('shown');
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => box.classList.remove('shown'), 3500);
}

// A dialog with a title and contents; `actions` close it unless they answer false.
export function dialog(title, contents, actions) {
  const box = h('dialog', { class: 'dialog', 'aria-label': title });
  const buttons = actions.map(([label, act, kind]) =>
    button(label, async () => (await act?.()) !== false && box.close(), kind));
  box.append(h('h2', {}, title), h('div', { class: 'dialog-body' }, contents), h('footer', {}, buttons));
  box.addEventListener('close', () => box.remove());
  box.addEventListener('click', (event) => event.target === box && box.close());
  document.body.append(box);
  box.showModal();
  return box;
}

// One thing after another, at most once a frame.
export function eachFrame(act) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      act();
    });
  };
}

export function later(act, pause = 150) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), pause);
  };
}
