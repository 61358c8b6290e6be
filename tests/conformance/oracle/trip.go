package main

import (
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/sony/gobreaker"
)

var countNames = []string{"requests", "totalSuccesses", "totalFailures", "consecutiveSuccesses", "consecutiveFailures"}

var environment = func() *cel.Env {
	options := []cel.EnvOption{cel.CrossTypeNumericComparisons(true)}
	for _, name := range countNames {
		options = append(options, cel.Variable(name, cel.IntType))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		panic(err)
	}
	return env
}()

// trip is a rule as cel-go runs it.
type trip struct {
	program cel.Program
	checked bool      // its types fit
	output  *cel.Type // of a checked one
	mixed   bool      // an `in` of it has bools beside numbers
}

// compileTrip reads a rule; an error where it cannot even be parsed.
func compileTrip(text string) (trip, error) {
	parsed, issues := environment.Parse(text)
	if issues.Err() != nil {
		return trip{}, issues.Err()
	}
	checked, issues := environment.Check(parsed)
	rule := trip{checked: issues.Err() == nil}
	source := parsed
	if rule.checked {
		source, rule.output = checked, checked.OutputType()
	}
	ast.PostOrderVisit(source.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		rule.mixed = rule.mixed || rule.checked && mixed(source.NativeRep(), e)
	}))
	var err error
	rule.program, err = environment.Program(source)
	return rule, err
}

func mixed(source *ast.AST, e ast.Expr) bool {
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.In {
		return false
	}
	needle, list := e.AsCall().Args()[0], e.AsCall().Args()[1].AsList()
	for _, element := range list.Elements() {
		if (source.GetType(element.ID()) == cel.BoolType) != (source.GetType(needle.ID()) == cel.BoolType) {
			return true
		}
	}
	return false
}

func (t trip) value(counts gobreaker.Counts) (any, error) {
	value, _, err := t.program.Eval(countsMap(counts))
	if err != nil {
		return nil, err
	}
	return value.Value(), nil
}

// trips is the rule's answer; an error or anything but true does not trip.
func (t trip) trips(counts gobreaker.Counts) bool {
	value, err := t.value(counts)
	return err == nil && value == true
}

func countsMap(c gobreaker.Counts) map[string]any {
	return map[string]any{
		"requests":             int64(c.Requests),
		"totalSuccesses":       int64(c.TotalSuccesses),
		"totalFailures":        int64(c.TotalFailures),
		"consecutiveSuccesses": int64(c.ConsecutiveSuccesses),
		"consecutiveFailures":  int64(c.ConsecutiveFailures),
	}
}

func mustCompileTrip(text string) trip {
	rule, err := compileTrip(text)
	if err != nil || !rule.checked || rule.output != cel.BoolType {
		panic(fmt.Sprintf("%s is no trip rule: %v", text, err))
	}
	return rule
}
