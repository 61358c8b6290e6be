module github.com/resil/resil/examples/go

go 1.26.0

require github.com/resil/resil/bindings/go v0.1.0

replace github.com/resil/resil/bindings/go => ../../bindings/go
