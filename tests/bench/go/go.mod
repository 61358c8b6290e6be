module github.com/resil/resil/tests/bench/go

go 1.26.0

replace github.com/resil/resil/bindings/go => ../../../bindings/go

require (
	github.com/failsafe-go/failsafe-go v0.9.8
	github.com/resil/resil/bindings/go v0.1.0
	github.com/sony/gobreaker v0.5.0
	github.com/sony/gobreaker/v2 v2.4.0
)

require (
	github.com/aclements/go-moremath v0.0.0-20210112150236-f10218a38794 // indirect
	github.com/bits-and-blooms/bitset v1.24.4 // indirect
	golang.org/x/perf v0.0.0-20260908200009-22c9c6c9d4da // indirect
)

tool golang.org/x/perf/cmd/benchstat
