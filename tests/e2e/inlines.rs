// SPDX-License-Identifier: MIT
// The same in Rust: functions inside of modules, closures, iterators.
use std::collections::{BTreeMap, HashMap};
mod work {
    pub mod deep {
        #[derive(Clone)]
        pub struct Item { pub key: u32, pub name: String, pub weight: f64 }
        impl Item { #[inline] pub fn heavier(&self, o: &Item) -> std::cmp::Ordering { o.weight.partial_cmp(&self.weight).unwrap() } }
        #[inline(always)] pub fn scramble(mut x: u32) -> u32 { x ^= x >> 16; x = x.wrapping_mul(0x7feb352d); x ^= x >> 15; x.wrapping_mul(0x846ca68b) }
    }
}
use work::deep::{scramble, Item};
#[inline(never)]
fn run(mut seed: u32) -> f64 {
    let mut items: Vec<Item> = (0..2000).map(|_| { seed = scramble(seed).wrapping_add(1); Item { key: seed % 1000, name: format!("name{}", seed % 97), weight: seed as f64 / 1e9 } }).collect();
    items.sort_by(|a, b| a.heavier(b));
    items.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for i in &items { *sums.entry(i.name.clone()).or_default() += i.weight; *counts.entry(i.key).or_insert(0) += 1; }
    let words: usize = items.iter().filter(|i| i.key % 3 == 0).map(|i| i.name.chars().filter(|c| c.is_ascii_digit()).count()).sum();
    sums.values().sum::<f64>() + counts.values().map(|c| *c as f64).sum::<f64>() + words as f64
}
fn main() {
    let n: u32 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(300);
    let t: f64 = (0..n).map(run).sum();
    println!("{}", t);
}
