/* SPDX-License-Identifier: MIT */
/* The trie that stands in the SVG beside its first view; src/tree/payload.h has the format.
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
  const next = () => {
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
  next.skip = (size) => at += size;
  return next;
}

/* FNV-1a of every string, over its bytes: decides its colour. */
function hashStrings(bytes) {
  const hashes = [];
  let hash = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at]) {
      hash = Math.imul(hash ^ bytes[at], 0x01000193);
    } else {
      hashes.push((hash ^ hash >>> 15) >>> 0);
      hash = 0x811c9dc5;
    }
  }
  return hashes;
}

/* What the data begins with: counts, sizes, and the columns. */
function readHead(bytes) {
  const next = makeReader(bytes, 0);
  const [strings, frames, count, columnCount, timed, textSize, ...sizes] =
    Array.from({length: 10}, next);
  const text = () => {
    const size = next(), end = next.skip(size);
    return new TextDecoder().decode(bytes.subarray(end - size, end));
  };
  const columns = [];
  for (let i = 0; i < columnCount; i++)
    columns.push({event: text(), weight: text(), unit: text(), scale: next(), samples: next(),
      recorded: unzigzag(next()), size: next()});
  let at = next.skip(0);
  const part = (size) => (at += size) - size;
  const starts = [strings, ...sizes].map(part);
  for (const column of columns)
    column.start = part(column.size);
  return {frames, count, timed, textSize, columns, starts};
}

/* All strings, each with a NUL behind it: what a string shares with the one before stands only
 * there. */
function readText(bytes, size, shared, tails) {
  const text = new Uint8Array(size);
  for (let at = 0, before = 0, start; at < size; before = start) {
    const same = bytes[shared++];
    start = at;
    text.copyWithin(at, before, before + same);
    at += same;
    do {
      text[at] = bytes[tails++];
    } while (text[at++]);
  }
  return text;
}

const unzigzag = (value) => value % 2 ? -(value + 1) / 2 : value / 2;

/* What the legend calls a frame: its kind, and for user code and marks a finer one. */
function classOfFrame(kind, name, object) {
  if (kind === 0)
    return /\.so([.\]-]|$)/.test(object) ? LIBRARY : 0;
  return kind === 4 ? GROUP : kind === 5 ? name === '[unknown]' ? UNKNOWN : CUT : kind;
}

function readTrie(bytes) {
  const {frames, count, timed, textSize, columns, starts} = readHead(bytes);
  const text = readText(bytes, textSize, starts[0], starts[1]);
  const read = makeReader(bytes, starts[2]);
  const trie = {
    count,
    timed,
    strings: new TextDecoder().decode(text).split('\0'),
    hashes: hashStrings(text),
    name: new Uint32Array(frames).map(read),
    object: new Uint32Array(frames).map(read),
    kind: new Uint8Array(frames).map(read),
    callers: count,
    columns,
    bytes,
  };
  trie.class = trie.kind.map((kind, f) =>
    classOfFrame(kind, trie.strings[trie.name[f]], trie.strings[trie.object[f]]));
  readNodes(trie, makeReader(bytes, starts[3]), makeReader(bytes, starts[4]));
  addSpans(trie);
  return trie;
}

function readNodes(trie, next, nextFirst) {
  const {count} = trie, callees = Array.from(trie.name, () => [0]);
  const parent = trie.parent = new Uint32Array(count);
  const frame = trie.frame = new Uint32Array(count);
  for (let node = 1; node < count; node++) {
    let above = node - 1;
    for (let up = next(); up > 0; up--)
      above = parent[above];
    parent[node] = above;
    const rank = next(), seen = callees[frame[above]];
    if (!rank)
      seen.push(nextFirst());
    frame[node] = rank ? seen[rank] : seen.at(-1);
  }
}

/* What follows from the parents: levels, and where each subtree ends. */
function addSpans(trie) {
  const {count, parent} = trie;
  const level = trie.level = new Uint32Array(count), end = trie.end = new Uint32Array(count).fill(1);
  for (let node = 1; node < count; node++)
    level[node] = level[parent[node]] + 1;
  for (let node = count - 1; node > 0; node--)
    end[parent[node]] += end[node];
  for (let node = 0; node < count; node++)
    end[node] += node;
}

/* A column's weights are read when it is first shown. */
function openColumn(trie, index) {
  const column = trie.columns[index];
  if (column.total)
    return column;
  column.self = trie.source ? mappedSelves(trie, index) : readSelves(trie, column);
  const total = column.total = column.self.slice();
  const {parent, callers} = trie;
  for (let node = trie.count - 1; node > 0; node--)
    if (node < callers || parent[node]) /* callers weigh what their callee weighs */
      total[parent[node]] += total[node];
  if (trie.partly)
    column.samples = 0;
  return column;
}

function readSelves(trie, column) {
  const next = makeReader(trie.bytes, column.start), self = new Float64Array(trie.count);
  for (const inner of [false, true])
    for (let node = 0; node < trie.count; node++)
      if ((trie.end[node] > node + 1) === inner)
        self[node] = unzigzag(next()) * column.scale;
  return self;
}

function mappedSelves({source, map, calls, ends, count}, index) {
  const from = openColumn(source, index), self = new Float64Array(count);
  for (let node = 0; node < source.count; node++)
    if (map[node] !== NONE)
      self[map[node]] += from.self[node];
  calls?.forEach((node, i) => {
    if (ends[i])
      self[ends[i]] += from.total[node];
  });
  return self;
}

/* True for the root that stands for no function. */
const isAll = (trie, node) => !node && !trie.rooted;
const frameName = (trie, node) => isAll(trie, node) ? 'all'
  : trie.strings[trie.name[trie.frame[node]]];
const frameObject = (trie, node) => isAll(trie, node) ? ''
  : trie.strings[trie.object[trie.frame[node]]];

function swatchOf(trie, node, colour) {
  if (isAll(trie, node))
    return GROUP * VARIATIONS;
  const frame = trie.frame[node], kind = trie.class[frame];
  if (kind > 4 || (colour === 1 && !trie.object[frame]))
    return (kind > 4 ? kind : 6) * VARIATIONS;
  if (colour === 1)
    return MODULE_FIRST + trie.hashes[trie.object[frame]] % MODULE_COUNT;
  const hash = trie.hashes[trie.name[frame]];
  return colour === 2 ? NAME_FIRST + hash % NAME_COUNT : kind * VARIATIONS + hash % VARIATIONS;
}

/* Children with weight, in the order of the picture; of a sandwich's root, those of one side. */
function childrenOf(trie, column, node, byWeight, callers) {
  const children = [];
  const from = callers && !node ? trie.callers : node + 1;
  const end = !callers && !node ? trie.callers : trie.end[node];
  for (let child = from; child < end; child = trie.end[child])
    if (column.total[child] > 0)
      children.push(child);
  return byWeight ? children.sort((a, b) => column.total[b] - column.total[a] || a - b)
    : children;
}
