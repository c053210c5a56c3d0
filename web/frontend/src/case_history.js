/** The diagram of a case at any of its events: a slider, playing, a table that says the same. */
import { draw, follow, zoomWith } from './diagram.js';

const STATES = ['now', 'done', 'skipped'];
const PLAYED_MS = 900;
const PAUSE_MS = 250;
const EUROPEAN = { en: 'en-GB' };
const BADGE = { top: -12, right: 14 };

export function replayCase(root, htmx) {
  if (!root.dataset.ready) new Replay(root, htmx).begin();
}

class Replay {
  constructor(root, htmx) {
    root.dataset.ready = 'yes';
    this.root = root;
    this.htmx = htmx;
    this.words = JSON.parse(root.dataset.words);
    this.slider = root.querySelector('[data-scrub]');
    this.said = root.querySelector('[data-scrub-said]');
    this.player = root.querySelector('[data-playing]');
    this.viewers = new Map();
    this.at = Number(root.dataset.at);
  }

  async begin() {
    const answer = await fetch(this.root.dataset.replay, { credentials: 'same-origin' });
    if (!answer.ok) return;
    Object.assign(this, await answer.json());
    const language = document.documentElement.lang;
    this.time = new Intl.DateTimeFormat(EUROPEAN[language] ?? language, {
      dateStyle: 'medium', timeStyle: 'short', timeZone: this.zone,
    });
    this.root.querySelector('[data-without-script]').hidden = true;
    this.player.hidden = false;
    this.listen();
    await this.show(this.at, { opened: true });
    this.root.dataset.replayed = 'yes';
  }

  listen() {
    this.slider.addEventListener('input', () => this.go(Number(this.slider.value)));
    this.player.addEventListener('click', () => this.play(this.player.dataset.playing === 'no'));
    this.root.addEventListener('click', (event) => {
      const step = event.target.closest('[data-step]');
      const jump = event.target.closest('[data-event]');
      if (!step && !jump) return;
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.go(step ? this.at + Number(step.dataset.step) : Number(jump.dataset.event));
    });
    this.root.querySelector('.scrubber').addEventListener('submit', (event) => event.preventDefault());
  }

  /** What a person asks for ends the playing. */
  go(at) {
    this.play(false);
    this.show(at);
  }

  play(wanted) {
    clearInterval(this.playing);
    this.player.dataset.playing = wanted ? 'yes' : 'no';
    this.player.querySelector('span').textContent = this.root.dataset[wanted ? 'pause' : 'play'];
    const picture = this.player.querySelector('use');
    const icon = wanted ? 'pause-fill' : 'play-fill';
    picture.setAttribute('href', picture.getAttribute('href').replace(/#.*/, `#${icon}`));
    if (!wanted) return;
    if (this.at >= this.moments.length) this.show(1);
    this.playing = setInterval(() => {
      if (this.at >= this.moments.length) this.play(false);
      else this.show(this.at + 1);
    }, PLAYED_MS);
  }

  async show(wanted, { opened = false } = {}) {
    this.at = Math.min(Math.max(wanted, 1), this.moments.length);
    const [seq, at, said, version, skipped, certain] = this.moments[this.at - 1];
    const position = this.position(new Set(this.skipped[skipped]));
    this.slider.value = String(seq);
    const spoken = this.spoken(seq, at, this.sentences[said]);
    this.slider.setAttribute('aria-valuetext', spoken);
    this.said.textContent = spoken;
    this.root.querySelector('[data-uncertain]').hidden = Boolean(certain);
    for (const part of this.root.querySelectorAll('[data-version]')) {
      part.hidden = part.dataset.version !== String(version);
    }
    const told = this.root.querySelector('[data-version-said]');
    told.textContent = told.dataset.versionSaid.replace('{number}', version);
    this.tell(version, position);
    this.mark();
    if (!opened) this.open();
    await this.paint(version, position);
  }

  spoken(seq, at, said) {
    const values = { seq, last: this.moments.length, day: this.time.format(new Date(at)), said };
    return this.root.dataset.spoken.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  /** All that has changed up to the present moment, counted along. */
  position(skipped) {
    const elements = new Map();
    const flows = new Map();
    for (const moment of this.moments.slice(0, this.at)) {
      for (const [name, state] of Object.entries(moment[6])) elements.set(name, state);
      for (const [name, times] of Object.entries(moment[7])) flows.set(name, times);
    }
    return { elements, flows, skipped };
  }

  tell(version, position) {
    const rows = this.root.querySelectorAll(`table[data-version="${version}"] [data-element]`);
    for (const row of rows) {
      const [tokens, done, ended, begun] = position.elements.get(row.dataset.element) ?? [0, 0, 0, 0];
      const state = stateOf(row.dataset.element, position);
      row.dataset.state = state;
      let said = this.words[state];
      if (tokens > 1) said = this.words.tokens.replace('%(num)s', tokens);
      if (tokens && begun > 1) {
        said = this.words.rounds.replace('%(ended)s', ended).replace('%(begun)s', begun);
      }
      row.querySelector('[data-said]').textContent = said;
      row.querySelector('[data-times]').textContent = done;
    }
  }

  /** The line of the timeline that tells of the present event, or of the last one before it. */
  mark() {
    const lines = [...this.root.querySelectorAll('.timeline [data-event]')];
    const past = lines.filter((line) => Number(line.dataset.event) <= this.at);
    for (const line of lines) line.removeAttribute('aria-current');
    const beyond = !this.root.dataset.newest && past.length === lines.length;
    const present = beyond && Number(lines[0]?.dataset.event) !== this.at ? null : past[0];
    if (present) this.reveal(present);
    for (const link of this.root.querySelectorAll('[data-step]')) {
      const wanted = this.at + Number(link.dataset.step);
      const none = wanted < 1 || wanted > this.moments.length;
      link.classList.toggle('disabled', none);
      link.setAttribute('aria-disabled', String(none));
    }
  }

  reveal(present) {
    present.setAttribute('aria-current', 'true');
    const list = present.closest('.timeline-scroll');
    const { top, bottom } = present.getBoundingClientRect();
    const frame = list.getBoundingClientRect();
    if (top < frame.top || bottom > frame.bottom) list.scrollTop += top - frame.top - frame.height / 3;
  }

  /** The event in full, once the slider rests. */
  open() {
    clearTimeout(this.opening);
    this.opening = setTimeout(() => {
      this.htmx.ajax('GET', `${this.root.dataset.eventPage}${this.at}`, {
        target: '#event', select: '#event', swap: 'outerHTML',
      });
      window.history.replaceState(null, '', `?at=${this.at}`);
    }, PAUSE_MS);
  }

  async paint(version, position) {
    if (!this.viewers.has(version)) {
      const canvas = this.root.querySelector(`.diagram[data-version="${version}"] [data-picture]`);
      this.viewers.set(version, draw(canvas).then((viewer) => {
        if (viewer) zoomWith('history-tools', viewer.get('canvas'));
        return viewer;
      }));
    }
    const { at } = this;
    const viewer = await this.viewers.get(version);
    // Whoever asked for another moment while the diagram was fetched paints that one.
    if (viewer && at === this.at) this.paintOn(viewer, position);
  }

  paintOn(viewer, position) {
    const canvas = viewer.get('canvas');
    const overlays = viewer.get('overlays');
    overlays.clear();
    const known = viewer.get('elementRegistry');
    const active = [];
    known.forEach((shape) => {
      const state = stateOf(shape.id, position);
      for (const each of STATES) {
        const has = canvas.hasMarker(shape.id, markerOf(each));
        if (has && each !== state) canvas.removeMarker(shape.id, markerOf(each));
        if (!has && each === state) canvas.addMarker(shape.id, markerOf(each));
      }
      if (state === 'now') active.push(shape.id);
      const count = countOf(position.elements.get(shape.id));
      if (count && !shape.labelTarget) overlays.add(shape.id, { position: BADGE, html: badge(count) });
    });
    follow(canvas, known, active);
  }
}

function stateOf(id, { elements, flows, skipped }) {
  const [tokens, done] = elements.get(id) ?? [0, 0];
  if (tokens) return 'now';
  if (done || flows.get(id)) return 'done';
  return skipped.has(id) ? 'skipped' : 'later';
}

/** What an element bears beside it: rounds of a loop, several tokens, or times it was passed. */
function countOf([tokens, done, ended, begun] = [0, 0, 0, 0]) {
  if (tokens && begun > 1) return `${ended}/${begun}`;
  if (tokens > 1) return String(tokens);
  return done > 1 ? `×${done}` : '';
}

function badge(text) {
  const element = document.createElement('span');
  element.className = 'passed-times';
  element.setAttribute('aria-hidden', 'true');
  element.textContent = text;
  return element;
}

function markerOf(state) {
  return { now: 'is-active', done: 'is-visited', skipped: 'is-skipped' }[state];
}
