//go:build cgo

package resil_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/resil/resil/bindings/go"
)

type trace struct {
	Name        string       `json:"name"`
	AppID       string       `json:"app_id"`
	Spec        string       `json:"spec"`
	Steps       []step       `json:"steps"`
	Transitions []transition `json:"expect_transitions"`
}

type transition struct {
	At       int64  `json:"at"`
	Breaker  string `json:"breaker"`
	From, To string
}

type step struct {
	At         int64  `json:"at"`
	Op         string `json:"op"`
	Call       int    `json:"call"`
	Attempt    int    `json:"attempt"`
	Outcome    string `json:"outcome"`
	HTTPStatus int    `json:"http_status"`
	Target     struct{ Kind, Name, Method, ID, Direction, Type string }
	Expect     struct {
		Decision, Reason, Verdict, State string
		Timeout                          *int64   `json:"timeout_ns"`
		Delay                            []int64  `json:"delay_ns"`
		Counts                           jsonInts `json:"counts"`
	}
}

type jsonInts map[string]*int64

// vectors reads the files of that pattern in tests/conformance, or in the folder that RESIL_VECTORS names.
func vectors[T any](t *testing.T, pattern string) (lines []T) {
	t.Helper()
	folder := os.Getenv("RESIL_VECTORS")
	if folder == "" {
		folder = filepath.Join("..", "..", "tests", "conformance")
	}
	names, err := filepath.Glob(filepath.Join(folder, pattern))
	if len(names) == 0 && os.Getenv("RESIL_VECTORS") == "" {
		t.Skip("no vectors here: this is the module alone")
	} else if len(names) == 0 || err != nil {
		t.Fatalf("%s in %s: %v", pattern, folder, err)
	}
	for _, name := range names {
		lines = append(lines, linesOf[T](t, name)...)
	}
	return lines
}

func linesOf[T any](t *testing.T, name string) (lines []T) {
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<26)
	for scanner.Scan() {
		var line T
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := scanner.Err(); err != nil || len(lines) == 0 {
		t.Fatalf("%s: %d lines, %v", name, len(lines), err)
	}
	return lines
}

// Every trace runs twice: as the package works, where healthy calls and known rejections do not enter the engine, and entering it always.
func TestOperationVectors(t *testing.T) {
	all := vectors[trace](t, "operations*.jsonl")
	for _, mode := range []string{"eliding", "crossing"} {
		passed := 0
		for _, one := range all {
			if t.Run(mode+"/"+one.Name, func(t *testing.T) { replay(t, one, mode == "crossing") }) {
				passed++
			}
		}
		t.Logf("%s: vectors %d/%d", mode, passed, len(all))
	}
}

func replay(t *testing.T, trace trace, crossing bool) {
	clock := &virtual{}
	engine := load(t, trace.Spec, resil.WithAppID(trace.AppID), resil.WithClock(clock))
	events := engine.Subscribe(len(trace.Steps)*4 + 16)
	calls := map[int]*resil.Operation{}
	for i, s := range trace.Steps {
		clock.now.Store(s.At)
		var got string
		switch s.Op {
		case "begin":
			if calls[s.Call] == nil {
				op := endpoint(t, engine, s).Operation()
				calls[s.Call] = &op
			}
			if crossing {
				got = begin(calls[s.Call], calls[s.Call].BeginCrossing(), s)
			} else {
				got = begin(calls[s.Call], calls[s.Call].Begin(), s)
			}
		case "end":
			got = end(calls[s.Call], s)
		case "inspect":
			got = inspect(t, endpoint(t, engine, s), s)
		default:
			t.Fatalf("step %d: unknown op %q", i, s.Op)
		}
		if got != "" {
			t.Fatalf("step %d (%+v): %s", i, s, got)
		}
	}
	compareTransitions(t, engine, events, trace.Transitions)
}

func endpoint(t *testing.T, engine *resil.Engine, s step) *resil.Endpoint {
	switch s.Target.Kind {
	case "app":
		return engine.App(s.Target.Name, s.Target.Method)
	case "actor":
		return engine.Actor(s.Target.Name, s.Target.ID)
	case "component":
		if s.Target.Direction == "inbound" {
			return engine.Inbound(s.Target.Name, s.Target.Type)
		}
		return engine.Outbound(s.Target.Name, s.Target.Type)
	}
	t.Fatalf("unknown kind of target %q", s.Target.Kind)
	return nil
}

func begin(op *resil.Operation, decision resil.Decision, s step) string {
	if decision == resil.Reject {
		reason := map[resil.Reason]string{resil.ReasonOpen: "open", resil.ReasonHalfOpenFull: "too_many_requests"}[op.Reason()]
		if s.Expect.Decision != "reject" || s.Expect.Reason != reason {
			return "rejected: " + reason
		}
		return ""
	}
	if s.Expect.Decision != "allow" {
		return "allowed"
	}
	if op.Attempt() != s.Attempt {
		return fmt.Sprintf("attempt %d", op.Attempt())
	}
	if s.Expect.Timeout != nil && op.Timeout() != time.Duration(*s.Expect.Timeout) {
		return fmt.Sprintf("timeout %v", op.Timeout())
	}
	return ""
}

func end(op *resil.Operation, s step) string {
	outcome, known := map[string]resil.Outcome{"success": resil.Success, "failure": resil.Failure, "timeout": resil.Timeout}[s.Outcome]
	if !known {
		return "unknown outcome"
	}
	if s.HTTPStatus != 0 {
		outcome = resil.HTTPStatus(s.HTTPStatus)
	}
	got := op.End(outcome)
	if want := map[string]resil.Verdict{"done": resil.Done, "retry": resil.Retry, "fail": resil.GiveUp}[s.Expect.Verdict]; got != want {
		return fmt.Sprintf("verdict %d, reason %v", got, op.Reason())
	}
	if delay := int64(op.Delay()); s.Expect.Delay != nil && (delay < s.Expect.Delay[0] || delay > s.Expect.Delay[1]) {
		return fmt.Sprintf("delay %d", delay)
	}
	return ""
}

func inspect(t *testing.T, ep *resil.Endpoint, s step) string {
	one, err := ep.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	state := stateOf(t, ep)
	if state.String() != s.Expect.State || one.Breaker.State != state {
		return fmt.Sprintf("state %v, in the snapshot %v", state, one.Breaker.State)
	}
	text, _ := json.Marshal(one.Breaker.Counts)
	var counts jsonInts
	json.Unmarshal(text, &counts)
	for name, want := range s.Expect.Counts {
		if got := counts[name]; got == nil || *got != *want {
			return fmt.Sprintf("counts %s", text)
		}
	}
	return ""
}

func compareTransitions(t *testing.T, engine *resil.Engine, events *resil.Subscription, want []transition) {
	engine.Close()
	for event := range events.C {
		if event.Kind != resil.EventBreaker {
			continue
		}
		if len(want) == 0 {
			t.Fatalf("one transition too many: %+v", event)
		}
		line := fmt.Sprintf("Circuit breaker %q changed state from %v to %v", want[0].Breaker, want[0].From, want[0].To)
		if int64(event.Time) != want[0].At || event.Text != line || event.From.String() != want[0].From || event.To.String() != want[0].To {
			t.Fatalf("got %+v, want %+v", event, want[0])
		}
		want = want[1:]
	}
	if len(want) > 0 || events.Dropped() > 0 {
		t.Fatalf("%d transitions missing, the first %+v; %d events dropped", len(want), want, events.Dropped())
	}
}

// (expr) == (equals) trips at the first failure; an error is refused at load or never trips.
func TestExpressionVectors(t *testing.T) {
	type expression struct {
		Name, Expr, Equals string
		Error              bool
	}
	all, passed := vectors[expression](t, "cel.jsonl"), 0
	for _, one := range all {
		if one.Error {
			one.Equals = one.Expr
		}
		if t.Run(one.Name, func(t *testing.T) {
			rule := "(" + one.Expr + ") == (" + one.Equals + ")"
			quoted := "'" + strings.ReplaceAll(rule, "'", "''") + "'"
			engine, err := resil.LoadText(policy("", "", "{trip: "+quoted+"}"), resil.WithLogger(nil))
			if err != nil {
				if !one.Error {
					t.Fatal(err)
				}
				return
			}
			defer engine.Close()
			ep := engine.App("a", "")
			for range 3 {
				op := ep.Operation()
				op.Begin()
				op.End(resil.Failure)
				if tripped := stateOf(t, ep) == resil.Open; tripped == one.Error {
					t.Fatalf("%s: tripped: %v", rule, tripped)
				} else if tripped {
					return
				}
			}
		}) {
			passed++
		}
	}
	t.Logf("vectors %d/%d", passed, len(all))
}
