// SPDX-License-Identifier: MIT
// A Rust program with closures, generics, iterators and caught panics. Argument: rounds.
use std::collections::HashMap;
use std::panic;

#[inline(never)]
fn words(n: u64) -> Vec<String> {
    (0..200u64).map(|i| format!("{:x}", i.wrapping_mul(n).wrapping_mul(2654435761) % 1000)).collect()
}

#[inline(never)]
fn count(list: &[String]) -> HashMap<&str, usize> {
    let mut counts = HashMap::new();
    for word in list {
        *counts.entry(word.as_str()).or_insert(0) += 1;
    }
    counts
}

#[inline(never)]
fn descend(depth: u32, f: &dyn Fn(u32) -> u64) -> u64 {
    if depth == 0 { f(depth) } else { descend(depth - 1, f) + u64::from(depth) }
}

fn main() {
    let rounds: u64 = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(2000);
    panic::set_hook(Box::new(|_| {}));
    let mut total = 0u64;
    for round in 0..rounds {
        let list = words(round);
        let mut pairs: Vec<_> = count(&list).into_iter().collect();
        pairs.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        total += descend(20, &|_| pairs.iter().map(|p| p.1 as u64).sum());
        if round % 16 == 0 {
            let caught = panic::catch_unwind(|| descend(8, &|n| panic!("at {}", n)));
            total += u64::from(caught.is_err());
        }
    }
    println!("{}", total);
}
