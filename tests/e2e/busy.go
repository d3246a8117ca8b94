// SPDX-License-Identifier: MIT

// busy SECONDS: spends that much time below known functions.
package main

import (
	"os"
	"strconv"
	"time"
)

type worker struct{ step, sum uint64 }

//go:noinline
func (w *worker) spin(count uint64) {
	for i := uint64(0); i < count; i++ {
		w.sum += i * w.step
	}
}

func main() {
	seconds := 0.1
	if len(os.Args) > 1 {
		seconds, _ = strconv.ParseFloat(os.Args[1], 64)
	}
	w := &worker{step: 3}
	for end := time.Now().Add(time.Duration(seconds * 1e9)); time.Now().Before(end); {
		w.spin(1000000)
	}
}
