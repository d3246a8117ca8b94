/* SPDX-License-Identifier: MIT */
/* The search, counted on the whole trie. */
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

const searchMethods = {
  searchFor(pattern) {
    this.setPattern(pattern);
    this.writeLocation(false);
    this.draw();
  },

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
  },
};
