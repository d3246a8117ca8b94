/* SPDX-License-Identifier: MIT */
/* The search, counted on the whole trie. */

/* The weight of all stacks with a match, each counted once: below a match nothing is added. */
function matchedWeight(trie, column, matches) {
  if (trie.calls)
    return matchedCalls(trie, column, matches);
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

/* The same of a sandwich, whose stacks are cut in two: counted where they are whole. */
function matchedCalls(trie, column, matches) {
  const {source} = trie, {total} = openColumn(source, trie.columns.indexOf(column));
  let sum = 0;
  for (const call of trie.calls) {
    let above = call;
    while (above && !matches[source.frame[above]])
      above = source.parent[above];
    if (above) {
      sum += total[call];
      continue;
    }
    for (let node = call + 1; node < source.end[call];) {
      const matched = matches[source.frame[node]];
      sum += matched ? total[node] : 0;
      node = matched ? source.end[node] : node + 1;
    }
  }
  return sum;
}

/* Ignores case where it stands in front: as in src/tree/patterns.c, but unknown to JavaScript. */
const IGNORE_CASE = '(?i)';

/* Of whole characters, if it can be: then, though, a lone { as in {closure} is an error. */
function makeExpression(pattern, matchCase) {
  const marked = pattern.startsWith(IGNORE_CASE), flags = matchCase && !marked ? '' : 'i';
  const text = marked ? pattern.slice(IGNORE_CASE.length) : pattern;
  try {
    return new RegExp(text, flags + 'u');
  } catch (error) {
    return new RegExp(text, flags);
  }
}

const searchMethods = {
  /* Typing is one step, however many letters. */
  searchFor(pattern) {
    this.change(() => this.setPattern(pattern), !this.pattern !== !pattern);
  },

  setPattern(pattern) {
    const {name, strings} = this.trie;
    this.pattern = pattern;
    this.matches = null;
    this.matchAt = -1;
    this.badPattern = false;
    if (!pattern)
      return;
    try {
      const expression = makeExpression(pattern, this.matchCase);
      const found = strings.map((text) => expression.test(text));
      this.matches = Uint8Array.from(name, (string) => found[string] ? 1 : 0);
    } catch (error) {
      this.badPattern = true;
    }
  },

  isMatch(node) {
    return this.matches && !isAll(this.trie, node) && this.matches[this.trie.frame[node]] > 0 &&
      this.column.total[node] > 0;
  },

  /* The next match (1) or the one before (-1), also where it is too narrow to be seen: then the
   * picture zooms until it isn't. */
  nextMatch(direction) {
    const {trie} = this;
    if (!this.matches || this.tabled)
      return;
    let node = this.matchAt >= 0 ? this.matchAt : direction > 0 ? this.current - 1 : this.current;
    for (let left = trie.count; left; left--) {
      node = (node + direction + trie.count) % trie.count;
      if (this.isMatch(node)) {
        this.showMatch(node);
        return;
      }
    }
  },

  showMatch(node) {
    const {trie, column} = this;
    const place = this.placeOf(node);
    if (!place || !this.elements.has(node)) {
      let to = node;
      while (to && column.total[trie.parent[to]] < column.total[node] * 12)
        to = trie.parent[to];
      this.zoom(to);
    }
    /* Who steps on from the search or its buttons can do so again: the focus stays there. */
    const stays = this.head.contains(document.activeElement);
    this.matchAt = node;
    this.hovered = this.elements.has(node) && !stays ? -1 : node;
    this.setCurrent(node, !stays);
    this.elements.get(this.current)?.element.scrollIntoView({block: 'nearest'});
    this.drawWords();
    this.showDetails();
  },

  /* "3 of 12 frames": counted only when somebody walks through them. */
  matchPlace() {
    let count = 0, place = 0;
    for (let node = 0; node < this.trie.count; node++)
      if (this.isMatch(node)) {
        count++;
        if (node === this.matchAt)
          place = count;
      }
    return `${grouped(place)} of ${grouped(count)} frames${DOT}`;
  },

  foundText(total) {
    const {column} = this;
    if (this.badPattern)
      return 'not a regular expression';
    if (!this.matches)
      return '';
    const sum = matchedWeight(this.trie, column, this.matches);
    return (this.matchAt < 0 ? '' : this.matchPlace()) +
      `matched ${weightText(sum, column.unit)}, ${shareText(sum, total)}`;
  },
};
