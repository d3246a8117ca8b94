/* SPDX-License-Identifier: MIT */
/* What a perflame picture does when scripts may run: it reads the trie that stands in the SVG
 * beside its first view (src/draw/payload.h has the format) and draws anew what is visible.
 *
 * Everything happens inside the picture's own root element: no ids, no globals, no network, no
 * storage. Keys are taken only while the focus is in the picture, the wheel never, and the
 * location only where the SVG is the document. The file is the same in every picture. */
(() => {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const HTML = 'http://www.w3.org/1999/xhtml';
  const MARGIN = 16;         /* as in src/draw/page.h */
  const OWN_ELEMENTS = 1000; /* as in src/draw/svg.c */
  const OWN_WIDTH = 3;
  const LABEL_WIDTH = 26;
  const VARIATIONS = 4;      /* as in src/draw/colour.h */
  const MODULE_FIRST = 32, MODULE_COUNT = 16;
  const NAME_FIRST = 48, NAME_COUNT = 12, SWATCHES = 60;
  const USER_SORT_WEIGHT = 1;
  const DOT = ' \u00b7 ', ELLIPSIS = '\u2026';

  /* ---- numbers, as src/base/number.c writes them ---- */

  const MULTIPLES = {
    ns: [[1, 'ns'], [1e3, '\u00b5s'], [1e6, 'ms'], [1e9, 's']],
    bytes: [[1, 'B'], [2 ** 10, 'KiB'], [2 ** 20, 'MiB'], [2 ** 30, 'GiB'], [2 ** 40, 'TiB'],
      [2 ** 50, 'PiB']],
  };

  const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

  function decimals(value, digits) {
    const text = String(value).padStart(digits + 1, '0');
    return text.slice(0, -digits) + '.' + text.slice(-digits);
  }

  function weightText(value, unit) {
    const sign = value < 0 ? '-' : '';
    const size = Math.abs(value), multiples = MULTIPLES[unit];
    if (!multiples) {
      const word = unit === 'samples' && size === 1 ? 'sample' : unit;
      return sign + grouped(size) + (word ? ' ' + word : '');
    }
    let i = multiples.length - 1;
    while (i && size < multiples[i][0])
      i--;
    if (i && multiples[i + 1] && Math.round(size / multiples[i][0]) * multiples[i][0] >=
        multiples[i + 1][0])
      i++;
    const [by, name] = multiples[i];
    const hundredths = Math.round(size * 100 / by), tenths = Math.round(size * 10 / by);
    const text = by === 1 || tenths >= 1000 ? grouped(Math.round(size / by))
      : hundredths >= 1000 ? decimals(tenths, 1) : decimals(hundredths, 2);
    return sign + text + ' ' + name;
  }

  function shareText(part, whole) {
    if (!(whole > 0))
      return '0.00%';
    const hundredths = Math.round(Math.abs(part) * 10000 / whole);
    return (part < 0 ? '-' : '') +
      (part && !hundredths ? '<0.01' : decimals(hundredths, 2)) + '%';
  }

  const px = (value) => Math.floor(value * 100 + 0.5) / 100;

  /* ---- labels, cut as src/draw/label.c cuts them ---- */

  /* Replaces what stands in brackets behind a word. */
  function elide(name, open, close) {
    let to = '';
    for (let at = 0; at < name.length;) {
      const before = name[at - 1];
      if (name[at] === open && at && /[\w$>)\u0080-\uffff]/.test(before) &&
          !name.slice(0, at).endsWith('operator')) {
        let depth = 0, end = at;
        for (; end < name.length; end++) {
          if (name[end] === open)
            depth++;
          else if (name[end] === close && !(close === '>' && name[end - 1] === '-') && !--depth)
            break;
        }
        if (end < name.length && end > at + 1) {
          to += open + ELLIPSIS + close;
          at = end + 1;
          continue;
        }
      }
      to += name[at++];
    }
    return to;
  }

  /* github.com/a/b.Run -> b.Run */
  function elidePath(name) {
    const end = name.search(/[(<{ ]/);
    const slash = (end < 0 ? name : name.slice(0, end)).lastIndexOf('/');
    return slash > 0 && slash + 1 < name.length ? name.slice(slash + 1) : name;
  }

  /* Measures text by a table of advances that is asked for once. */
  function makeRuler(root, size) {
    const context = document.createElementNS(HTML, 'canvas').getContext('2d');
    const advances = new Map();
    if (context)
      context.font = `${size}px ${getComputedStyle(root).fontFamily}`;
    const advance = (character) => {
      let width = advances.get(character);
      if (width === undefined) {
        width = context ? context.measureText(character).width : size * 0.8;
        advances.set(character, width);
      }
      return width;
    };
    const measure = (text) => {
      let width = 0;
      for (const character of text)
        width += advance(character);
      return width;
    };
    const beginning = (text, width) => {
      let room = width - advance(ELLIPSIS), kept = 0, characters = 0;
      for (const character of text) {
        room -= advance(character);
        if (room < 0)
          break;
        kept += character.length;
        characters++;
      }
      return characters < 3 ? '' : text.slice(0, kept) + ELLIPSIS;
    };
    const fit = (name, width) => {
      let text = name.length > 2048 ? name.slice(0, 2048) : name;
      if (measure(text) <= width)
        return text;
      for (const step of [(t) => elide(t, '(', ')'), (t) => elide(t, '<', '>'), elidePath]) {
        text = step(text);
        if (measure(text) <= width)
          return text;
      }
      return beginning(text, width);
    };
    return {measure, fit};
  }

  /* ---- the trie ----
   *
   * Nodes by number, in preorder; a node's subtree is node ... end[node] - 1. */

  async function inflate(chunks) {
    let size = 0;
    const texts = chunks.map((chunk) => atob(chunk.textContent.trim()));
    for (const text of texts)
      size += text.length;
    const packed = new Uint8Array(size);
    let at = 0;
    for (const text of texts)
      for (let i = 0; i < text.length; i++)
        packed[at++] = text.charCodeAt(i);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  function makeReader(bytes, start) {
    let at = start;
    return () => {
      let byte = bytes[at++];
      if (byte < 128)
        return byte;
      let value = byte & 127, factor = 128;
      do {
        byte = bytes[at++];
        value += (byte & 127) * factor;
        factor *= 128;
      } while (byte > 127);
      return value;
    };
  }

  /* FNV-1a of every string, over its bytes: decides its colour. */
  function hashStrings(bytes, end) {
    const hashes = [];
    let hash = 0x811c9dc5;
    for (let at = 0; at < end; at++) {
      if (bytes[at]) {
        hash = Math.imul(hash ^ bytes[at], 0x01000193);
      } else {
        hashes.push((hash ^ hash >>> 15) >>> 0);
        hash = 0x811c9dc5;
      }
    }
    return hashes;
  }

  function readTrie(about, bytes) {
    const [stringsSize, framesSize, nodesSize] = about.sizes;
    const count = about.nodes;
    const trie = {
      count,
      strings: new TextDecoder().decode(bytes.subarray(0, stringsSize)).split('\0'),
      hashes: hashStrings(bytes, stringsSize),
      name: new Uint32Array(about.frames),
      object: new Uint32Array(about.frames),
      kind: new Uint8Array(about.frames),
      frame: new Uint32Array(count),
      parent: new Uint32Array(count),
      level: new Uint32Array(count),
      end: new Uint32Array(count),
    };
    let next = makeReader(bytes, stringsSize);
    for (let f = 0; f < about.frames; f++) {
      trie.name[f] = next();
      trie.object[f] = next();
      trie.kind[f] = next();
    }
    next = makeReader(bytes, stringsSize + framesSize);
    const {parent, level, frame, end} = trie;
    for (let node = 1; node < count; node++) {
      let above = node - 1;
      for (let up = next(); up > 0; up--)
        above = parent[above];
      parent[node] = above;
      level[node] = level[above] + 1;
      frame[node] = next();
    }
    end.fill(1);
    for (let node = count - 1; node > 0; node--)
      end[parent[node]] += end[node];
    for (let node = 0; node < count; node++)
      end[node] += node;
    let at = stringsSize + framesSize + nodesSize;
    trie.columns = about.columns.map((column, i) => {
      const start = at;
      at += about.sizes[3 + i];
      return {...column, start};
    });
    trie.bytes = bytes;
    return trie;
  }

  /* A column's weights are read when it is first shown. */
  function openColumn(trie, index) {
    const column = trie.columns[index];
    if (column.total)
      return column;
    const next = makeReader(trie.bytes, column.start);
    column.self = new Float64Array(trie.count);
    for (let node = 0; node < trie.count; node++) {
      const value = next();
      column.self[node] = (value % 2 ? -(value + 1) / 2 : value / 2) * column.scale;
    }
    column.total = column.self.slice();
    for (let node = trie.count - 1; node > 0; node--)
      column.total[trie.parent[node]] += column.total[node];
    return column;
  }

  const frameName = (trie, node) => node ? trie.strings[trie.name[trie.frame[node]]] : 'all';
  const frameObject = (trie, node) => node ? trie.strings[trie.object[trie.frame[node]]] : '';

  function swatchOf(trie, node, colour) {
    if (!node)
      return 5 * VARIATIONS;
    const frame = trie.frame[node], kind = trie.kind[frame] & 7;
    if (kind > 4 || (colour === 1 && !trie.object[frame]))
      return (kind > 4 ? kind : 6) * VARIATIONS;
    if (colour === 1)
      return MODULE_FIRST + trie.hashes[trie.object[frame]] % MODULE_COUNT;
    const hash = trie.hashes[trie.name[frame]];
    return colour === 2 ? NAME_FIRST + hash % NAME_COUNT : kind * VARIATIONS + hash % VARIATIONS;
  }

  /* Children with weight, in the order of the picture. */
  function childrenOf(trie, column, node, byWeight) {
    const children = [];
    for (let child = node + 1; child < trie.end[node]; child = trie.end[child])
      if (column.total[child] > 0)
        children.push(child);
    return byWeight ? children.sort((a, b) => column.total[b] - column.total[a] || a - b)
      : children;
  }

  /* The weight of all stacks with a match, each counted once: below a match nothing is added. */
  function matchedWeight(trie, column, matches) {
    let sum = 0;
    for (let node = 1; node < trie.count;) {
      if (matches[trie.frame[node]]) {
        sum += column.total[node];
        node = trie.end[node];
      } else {
        node++;
      }
    }
    return sum;
  }

  /* ---- the picture ---- */

  function make(namespace, name, attributes, parent) {
    const element = document.createElementNS(namespace, name);
    for (const key in attributes)
      element.setAttribute(key, attributes[key]);
    if (parent)
      parent.appendChild(element);
    return element;
  }

  const classOf = (swatch) => 's' + String(swatch).padStart(2, '0');

  class Picture {
    constructor(root, about, trie) {
      this.root = root;
      this.trie = trie;
      this.view = about.view;
      this.palettes = about.palette.map((text) => text.match(/.{6}/g).map((code) => '#' + code));
      this.isDocument = document.documentElement === root;
      this.zoomed = 0;
      this.current = 0;   /* the frame that has, or would get, the focus */
      this.hovered = -1;
      this.past = [];     /* frames zoomed to before */
      this.pattern = '';
      this.matchCase = false;
      this.matches = null; /* per frame */
      this.columnIndex = this.view.column;
      this.column = openColumn(trie, this.columnIndex);
      this.ruler = makeRuler(root, this.view.font);
      this.titleRuler = makeRuler(root, Math.round(this.view.font * 1.4));
      this.adopt();
      this.build();
      this.listen();
      this.readLocation();
      this.layOut();
      this.draw();
      this.showRoot();
      root.setAttribute('data-ready', '1');
    }

    adopt() {
      const one = (name) => this.root.querySelector('.' + name);
      this.page = one('pf-page');
      this.frames = one('pf-frames');
      this.narrow = one('pf-narrow');
      this.wide = one('pf-wide');
      this.legend = one('pf-legend');
      this.head = one('pf-head');
      this.title = this.head.querySelector('.pf-title');
      this.summary = this.head.querySelector('.pf-dim');
      this.legendY = Number(this.legend.querySelector('text')?.getAttribute('y') ?? 0);
    }

    /* What only a picture with a script has. */
    build() {
      const {root, head} = this;
      if (!this.isDocument)
        root.querySelector(':scope > title')?.remove(); /* it would hover over everything */
      root.setAttribute('role', 'graphics-document');
      root.setAttribute('aria-roledescription', 'flame graph');
      this.wide.setAttribute('role', 'tree');
      this.wide.setAttribute('aria-label', 'Frames');
      this.narrow.setAttribute('aria-hidden', 'true');
      this.backdrop = make(SVG, 'rect', {class: 'pf-page', width: '100%'});
      head.insertBefore(this.backdrop, head.firstChild);
      this.details = make(SVG, 'text', {class: 'pf-details', x: MARGIN}, head);
      this.found = make(SVG, 'text', {class: 'pf-found', 'text-anchor': 'end', 'aria-live': 'polite',
        role: 'status'}, head);
      this.cursor = make(SVG, 'rect', {class: 'pf-cursor', fill: 'none', 'stroke-width': 1.5, rx: 2,
        'pointer-events': 'none', visibility: 'hidden'});
      this.frames.appendChild(this.cursor);
      this.tools = make(SVG, 'foreignObject', {class: 'pf-tools', height: 30}, head);
      this.bar = make(HTML, 'div', {class: 'pf-bar', role: 'toolbar', 'aria-label': 'Flame graph'},
        this.tools);
      this.buildBar();
    }

    buildBar() {
      const button = (text, label, action) => {
        const element = make(HTML, 'button', {type: 'button', 'aria-label': label, title: label},
          this.bar);
        element.textContent = text;
        element.addEventListener('click', action);
        return element;
      };
      if (this.trie.columns.length > 1) {
        this.select = make(HTML, 'select', {'aria-label': 'Weight'}, this.bar);
        this.trie.columns.forEach((column, i) => {
          make(HTML, 'option', {value: i}, this.select).textContent =
            [column.event, column.weight].filter(Boolean).join(' ');
        });
        this.select.value = String(this.columnIndex);
        this.select.addEventListener('change', () => this.showColumn(Number(this.select.value)));
      }
      this.search = make(HTML, 'input', {type: 'text', placeholder: 'Search  ( / )', size: 16,
        'aria-label': 'Search, a regular expression', spellcheck: 'false', autocomplete: 'off'},
      this.bar);
      this.search.addEventListener('input', () => this.searchFor(this.search.value));
      this.caseButton = button('Aa', 'Match case', () => {
        this.matchCase = !this.matchCase;
        this.searchFor(this.pattern);
      });
      this.clearButton = button('\u00d7', 'Clear the search', () => {
        this.searchFor('');
        this.search.focus();
      });
      this.backButton = button('Back', 'Back to the frame before', () => this.back());
      this.resetButton = button('Reset', 'Show everything', () => this.reset());
      this.themeButton = button('\u25d0', 'Theme', () => {
        const order = ['auto', 'light', 'dark'];
        const now = order.indexOf(this.root.getAttribute('data-theme'));
        this.root.setAttribute('data-theme', order[(now + 1) % 3]);
        this.draw();
      });
    }

    /* ---- where things stand: src/draw/page.h ---- */

    layOut() {
      const {view, root} = this;
      const real = root.getBoundingClientRect().width;
      this.width = view.width || Math.max(Math.round(real) || 1200, 280);
      this.inner = this.width - 2 * MARGIN;
      const titleSize = Math.round(view.font * 1.4);
      this.tools.setAttribute('width', this.inner);
      this.bar.style.fontSize = view.font + 'px';
      this.bar.style.width = 'max-content';
      const scale = root.getScreenCTM()?.a || 1;
      const bar = Math.ceil(this.bar.getBoundingClientRect().width / scale) + 2;
      this.barWidth = Math.min(bar > 2 ? bar : 420, this.inner);
      const titleWidth = this.titleRuler.measure(this.title.textContent);
      const apart = this.inner - this.barWidth < Math.min(titleWidth + 24, 280);
      const shift = apart ? 36 : 0;
      const titleY = 14 + titleSize + shift;
      const summaryY = titleY + Math.floor(view.font * 1.75);
      this.top = summaryY + Math.floor(view.font * 2.75);
      this.titleWidth = apart ? this.inner : this.inner - this.barWidth - 24;
      this.tools.setAttribute('x', this.width - MARGIN - this.barWidth);
      this.tools.setAttribute('width', this.barWidth);
      this.tools.setAttribute('y', 8);
      this.bar.style.width = '';
      this.title.setAttribute('y', titleY);
      this.summary.setAttribute('y', summaryY);
      this.found.setAttribute('y', summaryY);
      this.found.setAttribute('x', this.width - MARGIN);
      this.details.setAttribute('y', summaryY + Math.floor(view.font * 1.75));
      this.backdrop.setAttribute('height', this.top - 4);
    }

    y(level) {
      return this.top + (this.view.inverted ? level : this.levels - 1 - level) * this.view.row;
    }

    /* The boxes in view: those of the zoomed frame, and its ancestors, as wide as it. A search
     * finds those of the drawing before. */
    visibleBoxes() {
      const {trie, column, zoomed, view} = this;
      const key = [zoomed, this.columnIndex, this.inner].join();
      if (this.boxesKey === key)
        return this.boxes;
      this.boxesKey = key;
      const boxes = [];
      const whole = Math.max(column.total[zoomed], 0);
      const least = Math.max(view.minWidth, view.minShare / 1e6 * this.inner) / this.inner * whole;
      for (let node = zoomed; node;) {
        node = trie.parent[node];
        boxes.unshift({node, start: 0, total: whole, faded: true});
      }
      const stack = [{node: zoomed, start: 0, total: whole, faded: false}];
      let levels = 0;
      while (stack.length) {
        const box = stack.pop();
        boxes.push(box);
        levels = Math.max(levels, trie.level[box.node] + 1);
        const end = box.start + box.total, inside = [];
        let start = box.start;
        for (const node of childrenOf(trie, column, box.node, view.sort === USER_SORT_WEIGHT)) {
          const total = Math.min(column.total[node], end - start);
          if (total > 0 && total >= least)
            inside.push({node, start, total, faded: false});
          start += total;
        }
        while (inside.length)
          stack.push(inside.pop());
      }
      for (const box of boxes) {
        const full = box.faded || box.node === zoomed;
        box.x = MARGIN + (whole ? box.start / whole * this.inner : 0);
        box.width = full ? this.inner : box.total / whole * this.inner;
      }
      Object.assign(this, {least, levels, boxes});
      return boxes;
    }

    ownWidth(boxes) {
      for (let width = OWN_WIDTH; ; width *= 1.25) {
        let count = 0;
        for (const box of boxes)
          count += box.width >= width;
        if (count <= OWN_ELEMENTS || width > this.inner)
          return width;
      }
    }

    isDark() {
      const theme = this.root.getAttribute('data-theme');
      return theme === 'dark' || (theme === 'auto' && this.prefersDark.matches);
    }

    /* ---- drawing ---- */

    draw() {
      const colours = this.palettes[this.isDark() ? 1 : 0];
      const [page, text, dim, label, match, matchLabel] = colours.slice(SWATCHES);
      Object.assign(this, {colours, match, matchLabel});
      const boxes = this.visibleBoxes();
      const own = this.ownWidth(boxes);
      const hadFocus = this.wide.contains(document.activeElement);
      this.elements = new Map();
      const paths = new Map();
      const wide = document.createDocumentFragment();
      for (const box of boxes) {
        const matched = this.matches && box.node && this.matches[this.trie.frame[box.node]];
        if (box.width >= own)
          this.drawBox(box, matched, wide);
        else
          this.drawNarrow(box, matched, paths);
      }
      this.narrow.replaceChildren(...[...paths].sort((a, b) => a[0] - b[0])
        .map(([swatch, d]) => make(SVG, 'path', swatch < SWATCHES
          ? {class: classOf(swatch), fill: colours[swatch], d: d.join('')}
          : {fill: match, d: d.join('')})));
      this.wide.replaceChildren(wide);
      this.wide.setAttribute('stroke', page);
      this.frames.setAttribute('fill', label);
      for (const element of [this.page, this.backdrop])
        element.setAttribute('fill', page);
      for (const element of [this.title, this.details, this.found])
        element.setAttribute('fill', text);
      for (const element of this.root.querySelectorAll('.pf-dim'))
        element.setAttribute('fill', dim);
      for (const element of this.legend.querySelectorAll('rect'))
        element.setAttribute('fill', colours[Number(element.getAttribute('class').slice(1))]);
      if (this.isDocument)
        this.root.style.background = page;
      this.cursor.setAttribute('stroke', text);
      this.bar.style.color = text;
      this.bar.style.colorScheme = this.isDark() ? 'dark' : 'light';
      this.resize();
      this.drawWords();
      this.drawBar();
      this.setCurrent(this.current, hadFocus);
      this.showDetails();
    }

    drawBox(box, matched, parent) {
      const {trie, column, view} = this;
      const swatch = swatchOf(trie, box.node, view.colour);
      const y = this.y(trie.level[box.node]);
      const name = frameName(trie, box.node);
      const group = make(SVG, 'g', {
        role: 'treeitem',
        'aria-level': trie.level[box.node] + 1,
        'aria-label': `${name}, ${weightText(column.total[box.node], column.unit)}, ` +
          shareText(column.total[box.node], column.total[0]),
        tabindex: -1,
      }, parent);
      const rect = make(SVG, 'rect', {x: px(box.x), y: px(y), width: px(box.width),
        height: px(view.row - 1), rx: 2}, group);
      if (!matched)
        rect.setAttribute('class', classOf(swatch));
      rect.setAttribute('fill', matched ? this.match : this.colours[swatch]);
      if (box.faded)
        rect.setAttribute('opacity', 0.45);
      group.node = box.node;
      box.element = group;
      this.elements.set(box.node, box);
      const label = box.width >= LABEL_WIDTH ? this.ruler.fit(name, box.width - 8) : '';
      if (!label)
        return;
      const text = make(SVG, 'text', {x: px(box.x + 4),
        y: px(y + (view.row - 1) / 2 + view.font * 0.35), stroke: 'none'}, group);
      if (matched && !box.faded)
        text.setAttribute('fill', this.matchLabel);
      text.textContent = label;
    }

    drawNarrow(box, matched, paths) {
      const key = matched ? SWATCHES : swatchOf(this.trie, box.node, this.view.colour);
      if (!paths.has(key))
        paths.set(key, []);
      const width = px(box.width);
      paths.get(key).push(`M${px(box.x)} ${px(this.y(this.trie.level[box.node]))}` +
        `h${width}v${px(this.view.row - 1)}h-${width}z`);
    }

    /* The picture is as high as what it shows; where it is the document, the root stays put. */
    resize() {
      const {root, view} = this;
      const legendY = this.top + this.levels * view.row + 10 + view.font;
      const height = legendY + 14;
      this.legend.setAttribute('transform', `translate(0 ${px(legendY - this.legendY)})`);
      root.setAttribute('viewBox', `0 0 ${px(this.width)} ${px(height)}`);
      if (this.height !== height) {
        const below = this.height && this.isDocument && !view.inverted
          ? this.height - window.scrollY : null;
        root.setAttribute('height', px(height));
        this.height = height;
        if (below !== null)
          window.scrollTo(window.scrollX, height - below);
        this.holdHead();
      }
    }

    /* The head stays in sight while the picture is scrolled through. */
    holdHead() {
      const above = -this.root.getBoundingClientRect().top;
      const shift = Math.min(Math.max(above, 0), Math.max(this.height - this.top - 60, 0));
      if (shift > 0)
        this.head.setAttribute('transform', `translate(0 ${px(shift)})`);
      else
        this.head.removeAttribute('transform');
    }

    showRoot() {
      if (this.isDocument && !this.view.inverted)
        window.scrollTo(0, this.height);
    }

    drawWords() {
      const {view, column} = this;
      const title = view.title ||
        [[column.event, column.weight].filter(Boolean).join(' '), view.input].filter(Boolean)
          .join(DOT);
      const total = column.total[0];
      const parts = [view.subtitle, weightText(total, column.unit)].filter(Boolean);
      if (column.recorded > total)
        parts[parts.length - 1] += ` of ${weightText(column.recorded, column.unit)} (` +
          `${shareText(total, column.recorded)})`;
      if (column.samples && column.weight !== 'samples')
        parts.push(weightText(column.samples, 'samples'));
      const summary = parts.join(DOT);
      this.title.textContent = this.titleRuler.fit(title, this.titleWidth * 0.98);
      let found = '';
      if (this.badPattern)
        found = 'not a regular expression';
      else if (this.matches) {
        const sum = matchedWeight(this.trie, column, this.matches);
        found = `matched ${weightText(sum, column.unit)}, ${shareText(sum, total)}`;
      }
      this.found.textContent = found;
      this.summary.textContent =
        this.ruler.fit(summary, this.inner - (found ? this.ruler.measure(found) + 16 : 0));
      this.root.setAttribute('aria-label', `Flame graph: ${title}, ${summary}`);
      if (this.isDocument)
        document.title = title;
    }

    drawBar() {
      if (this.search.value !== this.pattern)
        this.search.value = this.pattern;
      this.search.setAttribute('aria-invalid', String(Boolean(this.badPattern)));
      this.caseButton.setAttribute('aria-pressed', String(this.matchCase));
      this.clearButton.disabled = !this.pattern;
      this.backButton.disabled = !this.past.length;
      this.resetButton.disabled = !this.zoomed && !this.pattern;
      this.themeButton.title = 'Theme: ' + this.root.getAttribute('data-theme');
      this.themeButton.setAttribute('aria-label', this.themeButton.title);
    }

    /* One line about the frame under the pointer, or else the one with the focus. */
    showDetails() {
      const {trie, column} = this;
      const node = this.hovered >= 0 ? this.hovered : this.focused ? this.current : -1;
      this.showCursor(node);
      if (node < 0) {
        this.details.textContent = '';
        return;
      }
      const all = column.total[0], total = column.total[node], self = column.self[node];
      let numbers = `${weightText(total, column.unit)}${DOT}${shareText(total, all)}`;
      if (this.zoomed && node >= this.zoomed && node < trie.end[this.zoomed])
        numbers += ` of all, ${shareText(total, column.total[this.zoomed])} of the zoomed frame`;
      numbers += `${DOT}self ${weightText(self, column.unit)}, ${shareText(self, all)}`;
      const object = frameObject(trie, node);
      if (object && object !== frameName(trie, node))
        numbers += DOT + object;
      const room = this.inner - this.ruler.measure(numbers) - 24;
      const name = this.ruler.fit(frameName(trie, node), Math.max(room / 1.07, 60));
      const strong = make(SVG, 'tspan', {'font-weight': 600});
      strong.textContent = name;
      const rest = make(SVG, 'tspan', {dx: 12});
      rest.textContent = numbers;
      this.details.replaceChildren(strong, rest);
    }

    /* A frame around a box, also around one that is a part of a path. */
    showCursor(node) {
      const place = node >= 0 ? this.placeOf(node) : null;
      this.cursor.setAttribute('visibility', place ? 'visible' : 'hidden');
      if (!place)
        return;
      this.cursor.setAttribute('x', px(place.x));
      this.cursor.setAttribute('y', px(this.y(this.trie.level[node])));
      this.cursor.setAttribute('width', px(Math.max(place.width, 1)));
      this.cursor.setAttribute('height', px(this.view.row - 1));
    }

    placeOf(node) {
      const drawn = this.elements.get(node);
      if (drawn)
        return drawn;
      const path = [];
      for (let at = node; at !== this.zoomed; at = this.trie.parent[at]) {
        if (!at)
          return null;
        path.unshift(at);
      }
      let start = 0;
      for (const step of path)
        for (const child of childrenOf(this.trie, this.column, this.trie.parent[step],
          this.view.sort === USER_SORT_WEIGHT)) {
          if (child === step)
            break;
          start += this.column.total[child];
        }
      const scale = this.inner / this.column.total[this.zoomed];
      return {x: MARGIN + start * scale, width: this.column.total[node] * scale};
    }

    /* ---- what is where ---- */

    /* The frame drawn at a point of the window, or -1. */
    hit(event) {
      const {trie, column, zoomed, view} = this;
      const matrix = this.root.getScreenCTM();
      if (!matrix)
        return -1;
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      const x = point.x - MARGIN, y = point.y - this.top;
      const row = Math.floor(y / view.row);
      const level = view.inverted ? row : this.levels - 1 - row;
      if (x < 0 || x >= this.inner || y < 0 || level < 0 || level >= this.levels)
        return -1;
      let node = zoomed;
      while (trie.level[node] > level)
        node = trie.parent[node];
      let place = x / this.inner * column.total[zoomed];
      while (trie.level[node] < level) {
        let inside = -1;
        for (const child of childrenOf(trie, column, node, view.sort === USER_SORT_WEIGHT)) {
          if (place < column.total[child]) {
            inside = child;
            break;
          }
          place -= column.total[child];
        }
        if (inside < 0 || column.total[inside] < this.least)
          return -1;
        node = inside;
      }
      return node;
    }

    /* ---- actions ---- */

    zoom(node, remember = true) {
      if (node === this.zoomed || !(this.column.total[node] > 0))
        return;
      if (remember)
        this.past.push(this.zoomed);
      this.zoomed = this.current = node;
      this.hovered = -1;
      this.writeLocation(remember);
      this.draw();
    }

    back() {
      if (!this.past.length)
        return;
      this.zoom(this.past.pop(), false);
      this.drawBar();
    }

    reset() {
      this.setPattern('');
      this.past = [];
      this.zoomed = this.current = 0;
      this.hovered = -1;
      this.writeLocation(true);
      this.draw();
    }

    searchFor(pattern) {
      this.setPattern(pattern);
      this.writeLocation(false);
      this.draw();
    }

    setPattern(pattern) {
      this.pattern = pattern;
      this.matches = null;
      this.badPattern = false;
      if (!pattern)
        return;
      try {
        const expression = new RegExp(pattern, this.matchCase ? 'u' : 'iu');
        this.matches = Uint8Array.from(this.trie.name,
          (name) => expression.test(this.trie.strings[name]) ? 1 : 0);
      } catch (error) {
        this.badPattern = true;
      }
    }

    showColumn(index) {
      this.columnIndex = index;
      this.column = openColumn(this.trie, index);
      while (this.zoomed && !(this.column.total[this.zoomed] > 0))
        this.zoomed = this.trie.parent[this.zoomed];
      this.current = this.zoomed;
      this.past = [];
      if (this.select)
        this.select.value = String(index);
      this.writeLocation(true);
      this.draw();
    }

    /* The one frame that the tab key reaches; if it is too narrow, the nearest below it. */
    setCurrent(node, focus) {
      let box = this.elements.get(node);
      while (!box && node) {
        node = this.trie.parent[node];
        box = this.elements.get(node);
      }
      if (!box)
        return;
      this.elements.get(this.current)?.element.setAttribute('tabindex', -1);
      this.current = node;
      box.element.setAttribute('tabindex', 0);
      if (focus)
        box.element.focus();
    }

    /* The nearest drawn frame of the same level, to the left (-1) or right (1). */
    neighbour(direction) {
      const {trie, elements, current} = this;
      const here = elements.get(current);
      let best = null;
      for (const box of elements.values())
        if (trie.level[box.node] === trie.level[current] && box !== here &&
            (box.x - here.x) * direction > 0 &&
            (!best || (best.x - box.x) * direction > 0))
          best = box;
      return best ? best.node : current;
    }

    widestChild() {
      let best = null;
      for (const child of childrenOf(this.trie, this.column, this.current, false)) {
        const box = this.elements.get(child);
        if (box && (!best || box.width > best.width))
          best = box;
      }
      return best ? best.node : this.current;
    }

    key(event) {
      const typing = event.target === this.search;
      if (event.key === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey && !typing)
        this.search.focus(); /* pressed again, it is the browser's */
      else if (event.key === 'Escape')
        this.escape(typing);
      else if (event.ctrlKey || event.metaKey || event.altKey || typing ||
               event.target === this.select)
        return;
      else if (event.key === '/')
        this.search.focus();
      else if (event.key === 'Backspace')
        this.back();
      else if (!this.walk(event))
        return;
      event.preventDefault();
    }

    escape(typing) {
      if (this.pattern)
        this.searchFor('');
      else if (!typing && this.zoomed)
        this.reset();
      if (typing)
        this.setCurrent(this.current, true);
    }

    walk(event) {
      if (!this.wide.contains(event.target) && event.target !== this.root)
        return false;
      const away = this.view.inverted ? 'ArrowDown' : 'ArrowUp';
      const towards = this.view.inverted ? 'ArrowUp' : 'ArrowDown';
      const steps = {
        [away]: () => this.widestChild(),
        [towards]: () => this.trie.parent[this.current],
        ArrowLeft: () => this.neighbour(-1),
        ArrowRight: () => this.neighbour(1),
        Home: () => 0,
        End: () => this.zoomed,
      };
      if (event.key === 'Enter' || event.key === ' ') {
        if (this.current === this.zoomed)
          return event.key === ' ';
        this.zoom(this.current);
        return true;
      }
      if (!steps[event.key])
        return false;
      this.setCurrent(steps[event.key](), true);
      this.hovered = -1;
      this.showDetails();
      return true;
    }

    listen() {
      const {root} = this;
      this.prefersDark = matchMedia('(prefers-color-scheme: dark)');
      this.prefersDark.addEventListener('change', () => this.draw());
      const inHead = (event) => this.head.contains(event.target);
      const hover = (node) => {
        if (node !== this.hovered) {
          this.hovered = node;
          this.frames.style.cursor = node >= 0 ? 'pointer' : '';
          this.showDetails();
        }
      };
      root.addEventListener('pointermove', (event) => {
        if (event.pointerType !== 'touch')
          hover(inHead(event) ? -1 : this.hit(event));
      });
      root.addEventListener('pointerleave', () => hover(-1));
      root.addEventListener('click', (event) => {
        const node = inHead(event) ? -1 : this.hit(event);
        if (node < 0)
          return;
        /* A finger can't hover: its first tap shows, its second zooms. */
        const first = event.pointerType === 'touch' && node !== this.tapped;
        this.tapped = node;
        this.setCurrent(node, true);
        if (first)
          hover(node);
        else
          this.zoom(node);
      });
      root.addEventListener('keydown', (event) => this.key(event));
      root.addEventListener('focusin', (event) => {
        const group = event.target.closest?.('[role=treeitem]');
        this.focused = Boolean(group);
        if (group) {
          this.setCurrent(group.node, false);
          this.showDetails();
        }
      });
      root.addEventListener('focusout', () => {
        this.focused = false;
        this.showDetails();
      });
      addEventListener('scroll', () => this.holdHead(), {passive: true, capture: true});
      if (this.isDocument)
        addEventListener('hashchange', () => this.followLocation());
      if (!this.view.width)
        new ResizeObserver(() => {
          const width = Math.max(Math.round(root.getBoundingClientRect().width), 280);
          if (width !== this.width && root.getBoundingClientRect().width) {
            this.layOut();
            this.draw();
          }
        }).observe(root);
    }

    /* ---- the state in the location, by names, where the SVG is the document ---- */

    /* Siblings can share a name (of another object): ~2 is the second. */
    pathOf(node) {
      const path = [];
      for (; node; node = this.trie.parent[node]) {
        const name = frameName(this.trie, node), above = this.trie.parent[node];
        let same = 1;
        for (let child = above + 1; child < node; child = this.trie.end[child])
          same += frameName(this.trie, child) === name;
        path.unshift(encodeURIComponent(name) + (same > 1 ? '~' + same : ''));
      }
      return path.join(';');
    }

    nodeOf(path) {
      let node = 0;
      for (const part of path.split(';')) {
        const [, name, same] = /^(.*?)(?:~(\d+))?$/.exec(part);
        let left = Number(same || 1), found = 0;
        for (let child = node + 1; child < this.trie.end[node] && !found;
          child = this.trie.end[child])
          if (frameName(this.trie, child) === decodeURIComponent(name) && !--left)
            found = child;
        if (!found)
          return node;
        node = found;
      }
      return node;
    }

    writeLocation(step) {
      if (!this.isDocument)
        return;
      const parts = [];
      if (this.zoomed)
        parts.push('zoom=' + this.pathOf(this.zoomed));
      if (this.pattern)
        parts.push('search=' + encodeURIComponent(this.pattern));
      if (this.pattern && this.matchCase)
        parts.push('case=1');
      if (this.columnIndex !== this.view.column)
        parts.push('weight=' + this.columnIndex);
      this.written = parts.length ? '#' + parts.join('&') : '';
      const address = this.written || location.pathname + location.search;
      try {
        if (step && location.hash !== this.written)
          history.pushState(null, '', address);
        else
          history.replaceState(null, '', address);
      } catch (error) {
        /* A sandbox without history: the picture works all the same. */
      }
    }

    readLocation() {
      if (!this.isDocument)
        return;
      try {
        const state = new Map(location.hash.slice(1).split('&').map((part) => {
          const at = part.indexOf('=');
          return [part.slice(0, at), part.slice(at + 1)];
        }));
        const index = Number(state.get('weight') || this.view.column);
        if (this.trie.columns[index]) {
          this.columnIndex = index;
          this.column = openColumn(this.trie, index);
          if (this.select)
            this.select.value = String(index);
        }
        const node = state.has('zoom') ? this.nodeOf(state.get('zoom')) : 0;
        this.zoomed = this.current = this.column.total[node] > 0 ? node : 0;
        this.matchCase = state.get('case') === '1';
        this.setPattern(decodeURIComponent(state.get('search') || ''));
      } catch (error) {
        /* Somebody else's fragment. */
      }
    }

    followLocation() {
      if (location.hash === this.written)
        return;
      this.readLocation();
      this.past = [];
      this.written = location.hash;
      this.draw();
    }
  }

  async function start(root) {
    root.setAttribute('data-ready', '0');
    const of = (type) => [...root.children].filter((element) =>
      element.localName === 'script' && element.getAttribute('type') === type);
    const about = JSON.parse(of('application/x-perflame+json')[0].textContent);
    if (about.format !== 1)
      return;
    const bytes = await inflate(of('application/x-perflame+deflate'));
    new Picture(root, about, readTrie(about, bytes));
  }

  /* The picture this script stands in; a script that was moved or deferred takes all that no
   * other has taken yet. */
  const own = document.currentScript?.closest('svg.perflame');
  const roots = own ? [own] : document.querySelectorAll('svg.perflame:not([data-ready])');
  for (const root of roots)
    if (!root.hasAttribute('data-ready') && typeof DecompressionStream === 'function')
      start(root);
})();
