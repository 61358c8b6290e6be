module github.com/resil/resil/bindings/go

go 1.26.0
