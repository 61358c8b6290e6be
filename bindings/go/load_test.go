//go:build cgo

package resil_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resil/resil/bindings/go"
)

func TestLoadFileAndFolder(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("one.yaml", policy("3s", "", tripAt3))
	write("ignored.yml", "kind: Component\nmetadata: {name: other}\n")
	for _, path := range []string{file, folder} {
		engine, err := resil.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if one := snapshotOf(t, engine.App("a", "m")); one.Timeout != 3e9 {
			t.Fatalf("%s: %+v", path, one)
		}
		if err := engine.Reload(path); err != nil {
			t.Fatal(err)
		}
		engine.Close()
	}
	config := write("config", "kind: Configuration\nspec: {features: [{name: Other, enabled: true}]}\n")
	engine, err := resil.Load(file, resil.WithConfig(config), resil.WithLogger(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	if _, has := engine.App("a", "m").State(); has {
		t.Fatal("the configuration does not enable the feature")
	}
}

func TestScopes(t *testing.T) {
	text := "scopes: [checkout]\n" + policy("3s", "", tripAt3)
	for app, has := range map[string]bool{"": true, "checkout": true, "other": false} {
		engine := load(t, text, resil.WithAppID(app))
		if _, got := engine.App("a", "m").State(); got != has || engine.AppID() != app {
			t.Fatal(app, got)
		}
	}
}

// Each bad document gives one error that names the place and the remedy.
func TestBadDocuments(t *testing.T) {
	cases := map[string][]string{
		policy("", "", "{trip: consecutiveFalures > 3}"):                      {"consecutiveFalures", "consecutiveFailures"},
		policy("3 seconds", "", ""):                                           {"3 seconds"},
		strings.Replace(policy("3s", "", ""), "timeout: t", "timeout: tt", 1): {"tt", "'t'"},
		policy("3s", "", "") + "\x00":                                         {},
		"kind: Resiliency\n\xff\xfe: 1":                                       {},
		strings.Repeat("[", 100_000):                                          {},
		"":                                                                    {},
		"just text":                                                           {},
	}
	for text, words := range cases {
		engine, err := resil.LoadText(text)
		var config *resil.ConfigError
		if engine != nil || !errors.As(err, &config) {
			t.Fatalf("%.80q: %v", text, err)
		}
		for _, word := range words {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%.80q: %q does not say %q", text, err, word)
			}
		}
		if len(words) > 0 && (config.Line == 0 || config.Column == 0 || config.Code != "E_CONFIG") {
			t.Errorf("no place: %+v", config)
		}
		if report, err := resil.CheckText(text); report == "" || err != nil {
			t.Errorf("Check finds nothing wrong with %.80q (%v)", text, err)
		}
	}
	if _, err := resil.Load("no/such/file.yaml"); err == nil || !strings.Contains(err.Error(), "no/such/file.yaml") {
		t.Fatal(err)
	}
	for _, err := range []error{
		second(resil.Load("a\x00b")), second(resil.LoadText("", resil.WithAppID("a\x00b"))), second(resil.Check("a\x00b")),
	} {
		if err == nil || !strings.Contains(err.Error(), "NUL") {
			t.Fatal(err)
		}
	}
	if report, err := resil.CheckText(policy("3s", twice, tripAt3)); report != "" || err != nil {
		t.Fatal(report, err)
	}
}

func second[T any](_ T, err error) error { return err }

// Whatever the text, loading answers: with an engine that works, or with an error.
func FuzzLoadText(f *testing.F) {
	f.Add(policy("5s", twice, tripAt3))
	f.Add(policy("5s", "{policy: exponential, maxInterval: 15s, matching: {httpStatusCodes: \"429,500-599\"}}", `{interval: 8s, trip: "requests > 4"}`))
	f.Add("kind: Resiliency\nspec: {policies: {retries: {r: &a [*a]}}}\n")
	f.Add("a: [")
	f.Add("\x00")
	f.Fuzz(func(t *testing.T, text string) {
		engine, err := resil.LoadText(text, resil.WithLogger(nil))
		report, checkErr := resil.CheckText(text)
		if checkErr != nil || (err != nil && report == "") {
			t.Fatalf("Load says %v, Check says %q, %v", err, report, checkErr)
		}
		if err != nil {
			return
		}
		defer engine.Close()
		if err := engine.App("a", "m").Run(t.Context(), succeed); err != nil {
			t.Fatal(err)
		}
		if _, err := engine.Snapshot(); err != nil {
			t.Fatal(err)
		}
	})
}
