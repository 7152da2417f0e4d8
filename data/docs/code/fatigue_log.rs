//! Watches the fatigue bench: reads one force per line from standard input and stops
//! the motor as soon as an axle gives way.
//!
//! A sound axle answers every stroke with nearly the same force. When a crack grows, the
//! answer gets weaker long before the eye sees anything.

use std::io::{self, BufRead};

/// Newtons lost against the running mean that count as a crack.
const DROP: f64 = 0.08;
const WARM_UP: u64 = 500;

struct Watcher {
    mean: f64,
    strokes: u64,
}

impl Watcher {
    fn feed(&mut self, force: f64) -> bool {
        self.strokes += 1;
        if self.strokes <= WARM_UP {
            self.mean += (force - self.mean) / self.strokes as f64;
            return false;
        }
        let cracked = force < self.mean * (1.0 - DROP);
        self.mean = 0.999 * self.mean + 0.001 * force;
        cracked
    }
}

fn main() {
    let mut watcher = Watcher { mean: 0.0, strokes: 0 };
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let Ok(force) = line.trim().parse::<f64>() else {
            eprintln!("no number: {line:?}");
            continue;
        };
        if watcher.feed(force) {
            println!("STOP after {} strokes at {force} N", watcher.strokes);
            std::process::exit(1);
        }
    }
    println!("survived {} strokes", watcher.strokes);
}
