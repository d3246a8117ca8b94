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
  const [strings, frames, count, columnCount, stringsSize, framesSize, nodesSize] =
    Array.from({length: 7}, next);
  const text = () => {
    const size = next(), end = next.skip(size);
    return new TextDecoder().decode(bytes.subarray(end - size, end));
  };
  const columns = [];
  for (let i = 0; i < columnCount; i++)
    columns.push({event: text(), weight: text(), unit: text(), scale: next(), samples: next(),
      recorded: unzigzag(next()), size: next()});
  const stringsAt = next.skip(0), framesAt = stringsAt + stringsSize;
  const nodesAt = framesAt + framesSize;
  let at = nodesAt + nodesSize;
  for (const column of columns) {
    column.start = at;
    at += column.size;
  }
  return {strings, frames, count, columns, stringsAt, framesAt, nodesAt};
}

const unzigzag = (value) => value % 2 ? -(value + 1) / 2 : value / 2;

/* What the legend calls a frame: its kind, and for user code and marks a finer one. */
function classOfFrame(kind, name, object) {
  if (kind === 0)
    return /\.so([.\]-]|$)/.test(object) ? LIBRARY : 0;
  return kind === 4 ? GROUP : kind === 5 ? name === '[unknown]' ? UNKNOWN : CUT : kind;
}

function readTrie(bytes) {
  const {frames, count, columns, stringsAt, framesAt, nodesAt} = readHead(bytes);
  const strings = bytes.subarray(stringsAt, framesAt);
  const trie = {
    count,
    strings: new TextDecoder().decode(strings).split('\0'),
    hashes: hashStrings(strings),
    name: new Uint32Array(frames),
    object: new Uint32Array(frames),
    kind: new Uint8Array(frames),
    class: new Uint8Array(frames),
    frame: new Uint32Array(count),
    parent: new Uint32Array(count),
    callers: count,
    columns,
    bytes,
  };
  let next = makeReader(bytes, framesAt);
  for (let f = 0; f < frames; f++) {
    trie.name[f] = next();
    trie.object[f] = next();
    trie.kind[f] = next();
    trie.class[f] = classOfFrame(trie.kind[f], trie.strings[trie.name[f]],
      trie.strings[trie.object[f]]);
  }
  next = makeReader(bytes, nodesAt);
  const {parent, frame} = trie;
  for (let node = 1; node < count; node++) {
    let above = node - 1;
    for (let up = next(); up > 0; up--)
      above = parent[above];
    parent[node] = above;
    frame[node] = next();
  }
  addSpans(trie);
  return trie;
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
  for (let node = 0; node < trie.count; node++)
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
