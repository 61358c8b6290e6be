//go:build cgo && resil_system

package resil

// #cgo pkg-config: resil
import "C"
