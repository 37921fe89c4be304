// One dot a group, all of them at once: it lights up when the group has received something.
import { h } from './dom.js';

const FLASH = 1500;
const LARGEST = 14;
const SMALLEST = 4;
const TALLEST = 84;

export class Dots {
  constructor(choose) {
    this.canvas = h('canvas', { class: 'dots', role: 'img', onclick: (event) => this.clicked(event, choose) });
    this.rows = [];
    this.side = LARGEST;
  }

  show(rows) {
    this.rows = rows;
    this.width = this.canvas.clientWidth || 1;
    this.side = LARGEST;
    while (this.side > SMALLEST && this.height() > TALLEST) this.side -= 1;
    this.canvas.hidden = this.height() > 3 * TALLEST; // too many to tell apart: choose a folder
    const ratio = window.devicePixelRatio || 1;
    this.canvas.style.height = `${this.height()}px`;
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height() * ratio;
    this.canvas.getContext('2d').scale(ratio, ratio);
  }

  columns() {
    return Math.max(1, Math.floor(this.width / this.side));
  }

  height() {
    return Math.ceil(this.rows.length / this.columns()) * this.side;
  }

  // Draws all dots; true while some are still flashing.
  draw(arrivals, label) {
    const context = this.canvas.getContext('2d');
    const style = getComputedStyle(this.canvas);
    const [lit, dark, spark] = ['--brand', '--line', '--spark'].map((name) => style.getPropertyValue(name));
    const now = performance.now();
    const radius = this.side / 2 - Math.max(1, this.side / 8);
    let flashing = false;
    context.clearRect(0, 0, this.width, this.height());
    this.rows.forEach((row, index) => {
      const since = now - (arrivals.get(row.id) ?? -Infinity);
      flashing ||= since < FLASH;
      context.fillStyle = since < FLASH ? spark : Number.isFinite(since) ? lit : dark;
      context.beginPath();
      const [column, line] = [index % this.columns(), Math.floor(index / this.columns())];
      context.arc((column + 0.5) * this.side, (line + 0.5) * this.side, radius, 0, 2 * Math.PI);
      context.fill();
    });
    this.canvas.setAttribute('aria-label', label);
    return flashing;
  }

  clicked(event, choose) {
    const column = Math.floor(event.offsetX / this.side);
    const row = this.rows[Math.floor(event.offsetY / this.side) * this.columns() + column];
    if (row && column < this.columns()) choose(row);
  }
}
