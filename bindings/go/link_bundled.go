//go:build cgo && !resil_system && linux && amd64

package resil

/*
#cgo CFLAGS: -I${SRCDIR}/lib/linux_amd64
#cgo LDFLAGS: ${SRCDIR}/lib/linux_amd64/libresil.a -lm
#include <features.h>
#ifndef __GLIBC__
#error "resil carries a library for glibc: on musl install libresil and build with -tags resil_system"
#endif
*/
import "C"

// Imported for `go mod vendor`, which copies packages only, and because a new archive must rebuild what links it.
import _ "github.com/resil/resil/bindings/go/lib/linux_amd64"
