//go:build cgo && !resil_system && !(linux && amd64)

package resil

const _ int = "resil carries its library for linux/amd64 only: install libresil and build with -tags resil_system"
