// Package bindings links the packages of packages.txt into the interpreter: a program that imports it, for its effect
// alone, has cells that can import them. Every file but this one is generated, one for a package.
//
// To link another package, add its path to packages.txt and run `go generate ./kernel/bindings`. What gomacro itself
// registers of the standard library, as of Go 1.17, stays where packages.txt does not name the package anew.
package bindings

//go:generate go run ./gen -list packages.txt -o .
