//go:build !cgo

package resil

// The one line that a build without cgo shows. Every other file of the package needs cgo.
const _ int = "resil needs cgo: set CGO_ENABLED=1 and install a C compiler (gcc or clang); to cross-compile, set CC too"
