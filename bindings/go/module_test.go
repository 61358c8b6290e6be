//go:build cgo

package resil_test

import (
	"archive/zip"
	"debug/elf"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/resil/resil/bindings/go"
)

const (
	modulePath = "github.com/resil/resil/bindings/go"
	program    = `package main

import (
	"context"
	"fmt"

	"github.com/resil/resil/bindings/go"
)

func main() {
	engine, err := resil.LoadText("kind: Resiliency\nspec: {policies: {timeouts: {t: 5s}}, targets: {apps: {a: {timeout: t}}}}")
	if err != nil {
		panic(err)
	}
	defer engine.Close()
	text, err := resil.Do(context.Background(), engine.App("a", "m"), func(ctx context.Context) (string, error) {
		_, limited := ctx.Deadline()
		return fmt.Sprint(limited), nil
	})
	fmt.Println(resil.Version(), text, err)
}
`
)

// A program in an empty module gets this module through a proxy, builds with a C compiler but no C++ one, and runs.
func TestFromAnEmptyModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	want := resil.Version() + " true <nil>\n"
	m := newModule(t)
	m.run(t, "go", "get", modulePath+"@v"+resil.Version())
	m.run(t, "go", "mod", "tidy")
	t.Run("with a C compiler only", func(t *testing.T) {
		m := m.with("PATH=" + toolsWithoutCpp(t))
		m.run(t, "go", "build", "-o", "program", ".")
		if got := m.run(t, "./program"); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		binary, err := elf.Open(filepath.Join(m.folder, "program"))
		if err != nil {
			t.Skip("no ELF here")
		}
		defer binary.Close()
		libraries, _ := binary.ImportedLibraries()
		for _, library := range libraries {
			if !slices.Contains([]string{"libc.so.6", "libm.so.6", "libgcc_s.so.1"}, library) && !strings.HasPrefix(library, "ld-linux") {
				t.Errorf("the program needs %s", library)
			}
		}
	})
	t.Run("vendored", func(t *testing.T) {
		m.run(t, "go", "mod", "vendor")
		defer os.RemoveAll(filepath.Join(m.folder, "vendor"))
		if got := m.with("GOPROXY=off").run(t, "go", "run", "-mod=vendor", "."); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
	t.Run("without cgo", func(t *testing.T) {
		out, err := m.with("CGO_ENABLED=0").command("go", "build", ".").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "resil needs cgo: set CGO_ENABLED=1 and install a C compiler") {
			t.Fatalf("%v\n%s", err, out)
		}
		if lines := strings.Count(string(out), "\n"); lines > 2 {
			t.Fatalf("a sentence was to be told, not %d lines:\n%s", lines, out)
		}
	})
	t.Run("on a platform without archive", func(t *testing.T) {
		list := []string{"list", "-f", "{{.GoFiles}} {{.CgoFiles}}", modulePath}
		got := m.with("GOARCH=riscv64", "CGO_ENABLED=1").run(t, "go", list...)
		if !strings.Contains(got, "unsupported.go") || strings.Contains(got, "link_") {
			t.Fatal(got)
		}
		got = m.with("GOARCH=riscv64", "CGO_ENABLED=1", "GOFLAGS=-tags=resil_system").run(t, "go", list...)
		if !strings.Contains(got, "link_system.go") || strings.Contains(got, "unsupported.go") {
			t.Fatal(got)
		}
	})
	t.Run("with the system's libresil", func(t *testing.T) {
		prefix := os.Getenv("RESIL_SYSTEM_PREFIX")
		if prefix == "" {
			t.Skip("RESIL_SYSTEM_PREFIX does not say where a libresil is installed")
		}
		m := m.with("PKG_CONFIG_PATH="+filepath.Join(prefix, "lib", "pkgconfig")+":"+filepath.Join(prefix, "lib", "x86_64-linux-gnu", "pkgconfig"),
			"LD_LIBRARY_PATH="+filepath.Join(prefix, "lib")+":"+filepath.Join(prefix, "lib", "x86_64-linux-gnu"))
		m.run(t, "go", "build", "-tags", "resil_system", "-o", "program", ".")
		if got := m.run(t, "./program"); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		binary, err := elf.Open(filepath.Join(m.folder, "program"))
		if err != nil {
			t.Skip("no ELF here")
		}
		defer binary.Close()
		if libraries, _ := binary.ImportedLibraries(); !slices.Contains(libraries, "libresil.so.1") {
			t.Errorf("the program uses another libresil: %v", libraries)
		}
	})
}

// module is a program's module in a folder of its own, and the environment to build it in.
type module struct {
	folder string
	env    []string
}

func newModule(t *testing.T) module {
	t.Helper()
	m := module{folder: t.TempDir()}
	proxy := fileProxy(t)
	m.env = append(os.Environ(), "GOPROXY=file://"+proxy, "GONOSUMDB=*", "GONOSUMCHECK=1", "GOFLAGS=-modcacherw",
		"GOMODCACHE="+t.TempDir(), "GOWORK=off", "CGO_ENABLED=1")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(m.folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("main.go", program)
	m.run(t, "go", "mod", "init", "example.com/program")
	return m
}

func (m module) with(env ...string) module {
	m.env = append(slices.Clone(m.env), env...)
	return m
}

func (m module) command(name string, args ...string) *exec.Cmd {
	for _, entry := range m.env {
		if path, ok := strings.CutPrefix(entry, "PATH="); ok && name == "go" && !strings.Contains(path, ":") {
			name = filepath.Join(path, name)
		}
	}
	command := exec.Command(name, args...)
	command.Dir, command.Env = m.folder, m.env
	return command
}

func (m module) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	command := m.command(name, args...)
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, complaints.String())
	}
	return string(out)
}

// toolsWithoutCpp is a folder with what Go needs to build with cgo, and nothing else.
func toolsWithoutCpp(t *testing.T) string {
	folder := t.TempDir()
	for _, tool := range []string{"go", "gcc", "cc", "as", "ld", "ar"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("no %s here", tool)
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(folder, tool)); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// fileProxy is this module as a proxy would serve it.
func fileProxy(t *testing.T) string {
	t.Helper()
	root, version := t.TempDir(), "v"+resil.Version()
	folder := filepath.Join(root, filepath.FromSlash(modulePath), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	gomod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"list": version + "\n", version + ".info": `{"Version":"` + version + `"}`, version + ".mod": string(gomod)} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, err := os.Create(filepath.Join(folder, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(out)
	err = filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != "." {
				return fs.SkipDir // a module of its own
			}
			return nil
		}
		file, err := archive.Create(modulePath + "@" + version + "/" + filepath.ToSlash(path))
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = file.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return root
}
