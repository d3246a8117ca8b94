/* SPDX-License-Identifier: MIT */
/* The trie in other shapes. Whatever the shape, it is a trie of its own, with a note of where the
 * weight of each node of the one it was made from goes:
 *
 *     source   0 app 1 main 2 malloc 3 free          map   0 1 2 0
 *     shaped   0 app 1 malloc 2 free                 (main is hidden: what it weighs is app's)
 *
 * A sandwich has two sides, both rooted in one function: nodes below `callers` are what it calls,
 * the others who calls it. */
const NONE = 0xffffffff;
const SHAPED_STEPS = 1.2e7;

/* Nodes found by (parent, frame): an open-addressed table of numbers that grows. In a flame chart
 * a node is found only while it is its parent's latest. */
function makeBuilder(timed) {
  let mask = 4095, count = 1;
  const latest = [];
  let table = new Uint32Array(mask + 1);
  let parent = new Uint32Array(2048), frame = new Uint32Array(2048);
  const slotOf = (above, of) =>
    (Math.imul(above, 0x9e3779b1) ^ Math.imul(of + 1, 0x85ebca6b)) >>> 5 & mask;
  const grow = () => {
    mask = mask * 2 + 1;
    table = new Uint32Array(mask + 1);
    const longer = (from) => {
      const to = new Uint32Array(mask + 1 >> 1);
      to.set(from);
      return to;
    };
    parent = longer(parent);
    frame = longer(frame);
    for (let node = 1; node < count; node++) {
      let slot = slotOf(parent[node], frame[node]);
      while (table[slot])
        slot = slot + 1 & mask;
      table[slot] = node;
    }
  };
  const child = (above, of) => {
    let slot = slotOf(above, of), node = latest[above];
    if (timed && node && frame[node] === of)
      return node;
    while (!timed && (node = table[slot])) {
      if (parent[node] === above && frame[node] === of)
        return node;
      slot = slot + 1 & mask;
    }
    if (count === parent.length) {
      grow();
      return child(above, of);
    }
    table[slot] = latest[above] = count;
    parent[count] = above;
    frame[count] = of;
    return count++;
  };
  return {child, nodes: () => ({count, parent, frame})};
}

/* The number of every node of a builder in preorder, siblings by the rank of their frames; of a
 * flame chart as they were made. */
function preorder({count, parent, frame}, rank, timed) {
  const ranks = rank.length, place = new Uint32Array(ranks + 1);
  for (let node = 1; node < count; node++)
    place[rank[frame[node]] + 1]++;
  for (let i = 0; i < ranks; i++)
    place[i + 1] += place[i];
  const sorted = new Uint32Array(count);
  for (let node = 1; node < count; node++)
    sorted[timed ? node - 1 : place[rank[frame[node]]]++] = node;
  const first = new Uint32Array(count), next = new Uint32Array(count);
  for (let i = count - 2; i >= 0; i--) {
    const node = sorted[i];
    next[node] = first[parent[node]];
    first[parent[node]] = node;
  }
  const number = new Uint32Array(count);
  for (let node = first[0], at = 1; node; at++) {
    number[node] = at;
    if (first[node]) {
      node = first[node];
      continue;
    }
    while (node && !next[node])
      node = parent[node];
    node = next[node];
  }
  return number;
}

/* Frames in the order in which siblings stand: strings are sorted already. */
function rankFrames(source) {
  const frames = Array.from(source.name, (_, frame) => frame);
  frames.sort((a, b) => source.name[a] - source.name[b] || source.object[a] - source.object[b] ||
    source.kind[a] - source.kind[b]);
  const rank = new Uint32Array(frames.length);
  frames.forEach((frame, i) => {
    rank[frame] = i;
  });
  return rank;
}

/* A trie of what one builder, or two for a sandwich, has collected. */
function finishShape(source, sides, more) {
  const rank = rankFrames(source);
  const all = sides.map((builder) => builder.nodes());
  const count = all.reduce((sum, {count}) => sum + count - 1, 1);
  const trie = {...source, source, count, callers: all[0].count, frame: new Uint32Array(count),
    parent: new Uint32Array(count), ...more,
    columns: source.columns.map((column) => ({...column, self: null, total: null}))};
  let before = 0;
  const numbers = all.map((nodes) => {
    const number = preorder(nodes, rank, trie.timed);
    for (let node = 1; node < nodes.count; node++) {
      number[node] += before;
      trie.frame[number[node]] = nodes.frame[node];
      trie.parent[number[node]] = nodes.parent[node] ? number[nodes.parent[node]] : 0;
    }
    before += nodes.count - 1;
    return number;
  });
  addSpans(trie);
  trie.map = more.map.map((node) => node === NONE ? NONE : numbers[0][node]);
  trie.ends = more.ends?.map((node) => numbers[1][node]);
  return trie;
}

/* Names that a person has chosen, as flags per frame. */
function framesNamed(source, names) {
  const wanted = new Set(names.map((name) => source.strings.indexOf(name)));
  return Uint8Array.from(source.name, (name) => wanted.has(name) ? 1 : 0);
}

/* A group is not a caller nor a function: only whole stacks are chosen by it. */
const functionsNamed = (source, names) => framesNamed(source, names).map((named, frame) =>
  source.class[frame] === GROUP ? 0 : named);

/* Stacks chosen by their frames, and frames taken out of them. */
function filterTrie(source, shape) {
  const drop = framesNamed(source, shape.drop), focus = framesNamed(source, shape.focus);
  const hide = functionsNamed(source, shape.hide);
  if (shape.merge)
    source.kind.forEach((kind, frame) => {
      hide[frame] |= kind === INLINED;
    });
  const builder = makeBuilder(source.timed), map = new Uint32Array(source.count);
  const at = new Uint32Array(source.count), held = new Uint32Array(source.count);
  const calls = new Uint32Array(drop.length); /* the outermost node of each frame, while inside */
  const focused = shape.focus.length;
  map[0] = focused ? NONE : 0;
  for (let node = 1; node < source.count; node++) {
    const frame = source.frame[node], above = source.parent[node];
    if (drop[frame]) {
      map.fill(NONE, node, source.end[node]);
      node = source.end[node] - 1;
      continue;
    }
    held[node] = held[above] | focus[frame];
    const outer = calls[frame], again = shape.collapse && outer && node < source.end[outer];
    at[node] = hide[frame] ? at[above] : again ? at[outer] : builder.child(at[above], frame);
    if (!again)
      calls[frame] = node;
    map[node] = focused && !held[node] ? NONE : at[node];
  }
  return finishShape(source, [builder], {map, partly: focused || shape.drop.length > 0});
}

const stepsOf = (source, nodes) => nodes.reduce((sum, node) => sum + source.level[node], 0);

/* Stacks from their leaves; the group stays at the root. */
function reverseTrie(source) {
  const builder = makeBuilder(), map = new Uint32Array(source.count).fill(NONE);
  const columns = source.columns.map((_, i) => openColumn(source, i));
  const ends = [];
  for (let node = 0; node < source.count; node++)
    if (columns.some((column) => column.self[node]))
      ends.push(node);
  const steps = stepsOf(source, ends);
  const most = steps > SHAPED_STEPS ? Math.max(Math.floor(SHAPED_STEPS / ends.length), 4) : Infinity;
  for (const end of ends) {
    let top = end, at = 0, left = most;
    while (source.level[top] > 1)
      top = source.parent[top];
    const group = source.class[source.frame[top]] === GROUP && top;
    if (group)
      at = builder.child(0, source.frame[top]);
    for (let node = end; node && node !== group && left; node = source.parent[node], left--)
      at = builder.child(at, source.frame[node]);
    map[end] = at;
  }
  return finishShape(source, [builder],
    {map, timed: 0, note: most < Infinity ? `the ${most} frames nearest the leaf` : ''});
}

/* One function, what it calls, and who calls it; of a recursion, the outermost call counts. */
function sandwichTrie(source, name) {
  const wanted = functionsNamed(source, [name]);
  const callees = makeBuilder(), callers = makeBuilder();
  const map = new Uint32Array(source.count).fill(NONE), calls = [], ends = [];
  const at = new Uint32Array(source.count);
  let root = 0;
  for (let node = 1; node < source.count; node++) {
    if (!wanted[source.frame[node]])
      continue;
    root = source.frame[node];
    map[node] = at[node] = 0;
    for (let below = node + 1; below < source.end[node]; below++)
      map[below] = at[below] = callees.child(at[source.parent[below]], source.frame[below]);
    let end = 0;
    for (let above = source.parent[node]; above; above = source.parent[above])
      end = callers.child(end, source.frame[above]);
    calls.push(node);
    ends.push(end);
    node = source.end[node] - 1;
  }
  const trie = finishShape(source, [callees, callers], {map, ends, calls, timed: 0, partly: true});
  trie.frame[0] = root;
  trie.rooted = calls.length > 0;
  return trie;
}

const isShaped = ({drop, focus, hide, merge, collapse}) =>
  drop.length || focus.length || hide.length || merge || collapse;

function shapeTrie(base, shape) {
  const trie = isShaped(shape) ? filterTrie(base, shape) : base;
  return shape.sandwich ? sandwichTrie(trie, shape.sandwich) : shape.leaf ? reverseTrie(trie) : trie;
}

/* What the shape is, in words. */
function shapeWords(shape, note) {
  const quoted = (names) => names.join(', ');
  return [
    shape.focus.length && `only stacks with ${quoted(shape.focus)}`,
    shape.drop.length && `no stacks with ${quoted(shape.drop)}`,
    shape.hide.length && `without ${quoted(shape.hide)}`,
    shape.merge && 'inlined merged', shape.collapse && 'recursion collapsed',
    shape.sandwich ? `callees and callers of ${shape.sandwich}`
      : shape.leaf && 'leaf first', note,
  ].filter(Boolean);
}
