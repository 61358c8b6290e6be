// Command oracle makes fresh vectors by asking the originals: gobreaker v0.5.0 under a virtual clock, cenkalti/backoff v4
// and cel-go.
//
//	go run . -seed 7 -count 300 > operations.jsonl           traces, as in ../operations.jsonl
//	go run . -trips -seed 7 -count 20000 > trips.jsonl       trip rules, for `replay trips`
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

var (
	seed  = flag.Uint64("seed", 1, "the same seed makes the same lines")
	count = flag.Int("count", 100, "how many lines")
	steps = flag.Int("steps", 80, "of a trace, about")
	trips = flag.Bool("trips", false, "trip rules instead of traces")
)

// A bubble, whose clock is virtual, is to be had only inside a test.
func main() {
	out := bufio.NewWriter(os.Stdout)
	os.Stdout = os.Stderr // what testing has to say is no vector
	all := func(string, string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: "vectors", F: func(t *testing.T) { write(t, out) }}}, nil, nil)
}

func write(t *testing.T, out *bufio.Writer) {
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for i := range *count {
		random := rand.New(rand.NewPCG(*seed, uint64(i)))
		name := fmt.Sprintf("seed-%d-%05d", *seed, i)
		var line any
		if *trips {
			line = tripCase(name, random)
		} else {
			line = operationsTrace(t, name, *steps, random)
		}
		if err := lines.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}
