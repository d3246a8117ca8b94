// SPDX-License-Identifier: MIT

// inlines SECONDS: spends that much time below functions that the compiler inlines, some of them
// in each other, and in those of the standard library.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"
)

type point struct{ x, y uint64 }

func mix(a uint64) uint64 { return (a ^ a>>31) * 0x9e3779b97f4a7c15 }

func (p point) hash() uint64 { return mix(p.x) + mix(p.y^mix(p.x)) }

func (p point) less(q point) bool { return p.hash() < q.hash() }

func sum(points []point) (total uint64) {
	for _, p := range points {
		if p.less(point{p.y, p.x}) {
			total += p.hash()
		}
	}
	return total
}

//go:noinline
func words(points []point) int {
	var text strings.Builder
	for _, p := range points[:200] {
		text.WriteString(strconv.FormatUint(p.x, 36))
		text.WriteByte(' ')
	}
	return len(strings.Fields(text.String()))
}

//go:noinline
func order(points []point) uint64 {
	sort.Slice(points, func(i, j int) bool { return points[i].less(points[j]) })
	return sum(points)
}

func main() {
	seconds, _ := strconv.ParseFloat(os.Args[1], 64)
	points := make([]point, 5000)
	var total uint64
	for end := time.Now().Add(time.Duration(seconds * 1e9)); time.Now().Before(end); {
		for i := range points {
			points[i] = point{mix(uint64(i) + total), uint64(i)}
		}
		total += order(points) + uint64(words(points))
	}
	fmt.Println(total)
}
