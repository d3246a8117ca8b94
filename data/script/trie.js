/* SPDX-License-Identifier: MIT */
/* The trie that stands in the SVG beside its first view; src/draw/payload.h has the format.
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
