// SPDX-License-Identifier: MIT
//! real SECONDS: generics, trait objects and closures at work.
use std::collections::{BTreeMap, HashMap};

trait Step {
    fn go(&self, count: u64) -> u64;
}

struct Counter(u64);
struct Sorter<T>(T);

impl Step for Counter {
    #[inline(never)]
    fn go(&self, count: u64) -> u64 {
        let mut sums = HashMap::new();
        for i in 0..count {
            *sums.entry(i * self.0 % 977).or_insert(0u64) += i;
        }
        sums.values().sum()
    }
}

impl<T: Into<u64> + Copy> Step for Sorter<T> {
    #[inline(never)]
    fn go(&self, count: u64) -> u64 {
        let seed: u64 = self.0.into();
        let mut words: Vec<String> =
            (0..count).map(|i| format!("{:x}", i.wrapping_mul(2654435761 + seed))).collect();
        words.sort_by(|a, b| b.cmp(a));
        let lengths: BTreeMap<_, _> = words.iter().map(|word| (word.len(), word)).collect();
        lengths.len() as u64
    }
}

fn main() {
    let seconds: f64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0.1);
    let begin = std::time::Instant::now();
    let steps: Vec<Box<dyn Step>> = vec![Box::new(Counter(3)), Box::new(Sorter(7u32))];
    let mut sum = 0u64;
    while begin.elapsed().as_secs_f64() < seconds {
        for step in &steps {
            sum = sum.wrapping_add(step.go(2000));
        }
    }
    std::process::exit((sum == 1) as i32);
}
